import { z } from 'zod';
import { NOTICE_KINDS, QUIET_NOTICES } from '../notifiers/notifier.js';
import { analysisSchema } from './analysis-schema.js';
import { backupsSchema } from './backups-schema.js';
import { duration, name, named, oneKind, text, secretName, textOrSecret, wholeNumber } from './fields.js';
import { healthSchema, verifySchema } from './health-schema.js';
import { protectSchema } from './protect-schema.js';
import { alternativesSchema, gatesSchema, strategySchema } from './strategy-schema.js';

const router = z.strictObject({
  use: name('A router of the operator.'),
  backend: z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,126}$/, 'must begin with a letter and go on with letters, digits and _ . -, at most 127 in all').optional()
    .meta({ description: 'Name of the entry and stem of the backends on that router. Default `<service>-<environment>`.' }),
}).meta({ description: 'Where traffic is split.' });

const target = z.strictObject({
  use: name('A target of the operator.'),
  instances: wholeNumber('Instances of a release.', { max: 1_000 }).default(1),
  with: z.record(z.string(), z.json()).default({}).meta({ description: 'What this service tells the target.' }),
}).meta({ description: 'Where instances run.' });

const webhook = z.strictObject({
  url: textOrSecret('Address that gets a POST with JSON; its path is often a secret. May have `${service}`, `${environment}`, `${version}`, `${deployment}`.')
    .refine((url) => typeof url !== 'string' || /^https?:\/\/[^\s/]/.test(url), 'must begin with http:// or https://'),
  signWith: secretName('Signs what is sent, in the form of Standard Webhooks 1.0.').optional(),
});

const notify = oneKind(['log', 'webhook'], {
  log: z.strictObject({}).optional().meta({ description: 'Writes to the log of the worker.' }),
  webhook: webhook.optional().meta({ description: 'Sends to an address.' }),
  on: z.array(z.enum(NOTICE_KINDS)).min(1, 'must name at least one').default(NOTICE_KINDS.filter((kind) => !QUIET_NOTICES.includes(kind))).meta({ description: 'What is told.' }),
}, 'A receiver; exactly one of `log`, `webhook`.');

/** One environment with the defaults merged in. */
export const environmentSchema = z.strictObject({
  router,
  target,
  strategy: strategySchema,
  alternatives: alternativesSchema,
  launch: z.strictObject({ timeout: duration('Time in which all instances must become healthy.', { minMs: 100 }).default('5m') }).prefault({}).meta({ description: 'The start of a candidate.' }),
  drain: z.strictObject({ timeout: duration('Time in which requests in flight may end before an old instance is stopped.', { minMs: 0 }).default('30s') }).prefault({}).meta({ description: 'The end of a slot.' }),
  keepWarm: duration('Time at 100 % in which the old release still runs and the candidate is still watched.', { minMs: 0 }).default('10m'),
  firstFailure: z.enum(['hold', 'stop']).default('hold').meta({ description: 'What follows when the first release of all fails after the switch: `hold` asks, `stop` stops it.' }),
  health: healthSchema,
  verify: verifySchema,
  analysis: analysisSchema,
  gates: gatesSchema,
  notify: named(notify, 'Who is told, by name.').default({}),
  backups: backupsSchema,
  protect: protectSchema,
});

/** An environment as it counts: everything there, units still as text. */
export type ResolvedEnvironment = z.output<typeof environmentSchema>;

/** A team's definition, for schema and reference; what counts is each environment after merging. */
export const definitionSchema = z.strictObject({
  service: name('The service; where it is sent to must say the same.').optional(),
  owner: text('Who answers for it.', { max: 200 }).optional(),
  defaults: environmentSchema.optional().meta({ description: 'Keys that every environment has unless it says otherwise: objects merge by key, lists replace, `null` removes.' }),
  environments: named(environmentSchema, 'Where the service runs, by name; each takes the keys below.'),
});
