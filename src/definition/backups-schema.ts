import { z } from 'zod';
import { cronProblem } from '../domain/cron.js';
import { timeZoneProblem } from '../domain/time-zone-problem.js';
import { command, duration, name, named, oneKind, sharedPath, text, textOrSecret, wholeNumber } from './fields.js';
import { verifySchema } from './health-schema.js';

const NAME = '[a-z][a-z0-9-]{0,62}';

const path = (description: string) => text(description, { max: 4_096 })
  .refine((value) => /^\/+[^/]/.test(value) && !/(^|\/)\.\.?(\/|$)/.test(value), 'must be an absolute path other than / without . or .. in it')
  .meta({ title: 'absolute path', description });

/** A password that stood here would end up in plans and histories. */
const connection = (description: string) => textOrSecret(description)
  .refine((url) => typeof url !== 'string' || /^postgres(ql)?:\/\//.test(url), 'must begin with postgres:// or postgresql://')
  .refine((url) => typeof url !== 'string' || !/^\w+:\/\/[^/?#@]*:[^/?#@]*@|[?&](ssl)?password=/.test(url), 'holds a password: give the whole address as {secret: NAME}');

const schedule = (description: string) => oneKind(['cron', 'every'], {
  cron: z.string().superRefine((cron, context) => {
    const problem = cronProblem(cron);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  }).optional().meta({ title: 'cron expression', description: 'Five fields: minute, hour, day of the month, month, day of the week; or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.' }),
  every: duration('Time between two starts.', { minMs: 1_000 }).optional(),
  timezone: z.string().superRefine((zone, context) => {
    const problem = timeZoneProblem(zone);
    if (problem) context.addIssue({ code: 'custom', message: problem.message, params: { hint: problem.hint } });
  }).default('UTC').meta({ title: 'time zone', description: 'Time zone of `cron`, by its exact IANA name.' }),
  jitter: duration('Each start comes later by a random time of at most this.', { minMs: 0 }).default('0s'),
  catchUp: duration('A start that was missed is made up for within this time.', { minMs: 10_000 }).default('1h'),
}, description);

const keep = z.strictObject({
  last: wholeNumber('Of the newest.', { min: 0, max: 100_000 }).default(7),
  hourly: wholeNumber('Hours of which the newest is kept.', { min: 0, max: 100_000 }).default(0),
  daily: wholeNumber('Days of which the newest is kept.', { min: 0, max: 100_000 }).default(7),
  weekly: wholeNumber('Weeks of which the newest is kept.', { min: 0, max: 100_000 }).default(4),
  monthly: wholeNumber('Months of which the newest is kept.', { min: 0, max: 100_000 }).default(12),
  yearly: wholeNumber('Years of which the newest is kept.', { min: 0, max: 100_000 }).default(0),
}).prefault({}).meta({ description: 'How many verified backups are kept; all at 0 keeps everything. Never let go: the newest verified one, those under legal hold, and those that are needed.' });

const quiesce = oneKind(['readOnly', 'command'], {
  readOnly: z.strictObject({}).optional().meta({ description: 'PostgreSQL only: new transactions may not write.' }),
  command: z.strictObject({
    stop: command('Stops whatever writes, and waits for it; safe to run again.'),
    start: command('Starts it again; safe to run again.'),
    timeout: duration('Time each of them may take.', { minMs: 100 }).default('10m'),
  }).optional().meta({ description: 'Programs of yours that stop and start the writers.' }),
}, 'How writes are stopped before the safety backup and allowed again after the swap; without, writes between them are lost. Exactly one of `readOnly`, `command`; a SQLite file needs `command`.');

const check = oneKind(['query', 'command'], {
  query: z.string().min(1, 'must not be empty').max(8_192).refine((sql) => !sql.includes('\0'), 'must not have control characters').optional()
    .meta({ description: 'SQL that gives one value, which must be true or a number other than 0. PostgreSQL and SQLite only.' }),
  command: command('Runs a program; exit code 0 is well. `SLIPWAY_COPY` holds the path or address of the copy.').optional(),
  timeout: duration('Time it may take.', { minMs: 100 }).default('10m'),
}, 'One check of the restored copy; exactly one of `query`, `command`.');

const restore = z.strictObject({
  gate: name('Gate that opens after the proof, before the swap; one of `gates`.').optional(),
  keepOld: duration('Time the replaced data is kept.', { minMs: 0 }).default('24h'),
  quiesce: quiesce.optional(),
  checks: named(check, 'What the copy must satisfy beside being equal to what was backed up, by name.').default({}),
  verify: verifySchema.meta({ description: 'Checks that each instance must pass after the swap, beside `health`, by name.' }),
}).prefault({}).meta({ description: 'How the data is brought back.' });

const source = oneKind(['postgres', 'directory', 'sqlite', 'uses'], {
  postgres: z.strictObject({
    url: connection('Address of the database: `postgres://user@host/name`; with a password as a secret.'),
    admin: connection('Address as a user who may create, rename and drop databases; without, the user of `url` must.').optional(),
  }).optional().meta({ description: 'A PostgreSQL database.' }),
  directory: z.strictObject({ path: path('The folder on the hosts of the workers, or a link to it.'), shared: sharedPath }).optional().meta({ description: 'A folder with all that is in it.' }),
  sqlite: z.strictObject({ path: path('The file on the hosts of the workers.'), shared: sharedPath }).optional().meta({ description: 'A SQLite database.' }),
  uses: z.string().regex(new RegExp(`^${NAME}/${NAME}$`), 'must be <service>/<source>').optional().meta({ title: '<service>/<source>', description: 'A source of the same environment that another service owns, and backs up. Stands alone.' }),
  repository: name('A repository of the operator. Required, except with `uses`.').optional(),
  keep,
  timeout: duration('Time for each long step: storing a backup, reading it back, copying it and proving the copy in a restore.', { minMs: 1_000 }).default('4h'),
  maxAge: duration('The newest verified backup must not be older; without, nobody is told.', { minMs: 1_000 }).optional(),
  schedule: schedule('When backups are made by themselves; exactly one of `cron`, `every`.').optional(),
  drill: schedule('When the newest backup is restored into scratch, proven and dropped; exactly one of `cron`, `every`.').optional(),
  restore,
}, 'Data that is backed up; exactly one of `postgres`, `directory`, `sqlite`, `uses`.');

export const backupsSchema = named(source, 'Data of the service that is backed up, by name. Texts may have `${service}` and `${environment}`.').default({});
