import { z } from 'zod';
import { BACKUP_PHASES } from '../../../src/domain/backup/backup-status.js';
import type { SourceAddress } from '../../../src/domain/backup/plan.js';
import { BACKUP_STATES } from '../../../src/domain/backup/record.js';
import { RESTORE_PHASES, restoreHasEnded } from '../../../src/domain/backup/restore-status.js';
import { until } from '../until.js';
import type { Answer, ApiUser } from './api-user.js';

const cause = z.object({ code: z.string(), text: z.string() }).nullable();
const proof = z.object({
  equal: z.boolean(), differences: z.array(z.object({ text: z.string() })), delta: z.array(z.string()),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
}).nullable();

const backupAnswer = z.object({
  id: z.string(), state: z.enum(BACKUP_STATES), phase: z.enum(BACKUP_PHASES), trigger: z.string(), snapshot: z.string().nullable(), bytes: z.number().nullable(),
  verifiedAt: z.string().nullable(), provenAt: z.string().nullable(), endedAt: z.string().nullable(), cause, notes: z.array(z.string()),
  fingerprint: z.object({ items: z.number(), total: z.string() }).nullable(),
  damage: z.array(z.object({ file: z.string().nullable(), text: z.string() })), tookMs: z.record(z.string(), z.number()),
});
const restoreAnswer = z.object({
  id: z.string(), backup: z.string(), phase: z.enum(RESTORE_PHASES), live: z.enum(['old', 'restored']), held: z.array(z.string()), safetyBackup: z.string().nullable(),
  waitsFor: z.string().nullable(), gates: z.array(z.object({ address: z.string() })), proof, cause, notes: z.array(z.string()), endedAt: z.string().nullable(),
  from: z.enum(['run', 'record']),
});
const drillAnswer = z.object({ id: z.string(), state: z.enum(['running', 'proven', 'failed']), backup: z.string().nullable(), text: z.string() });
const listAnswer = z.object({ items: z.array(z.object({ id: z.string(), state: z.enum(BACKUP_STATES), trigger: z.string() })) });

/** Each look asks a run. */
const LOOK_EVERY_MS = 200;

export type BackupAnswer = z.output<typeof backupAnswer>;
export type RestoreAnswer = z.output<typeof restoreAnswer>;

/** Somebody who looks after data, with a key and an HTTP client. */
export interface DataUser {
  /** Asks for a backup, waiting for the lock where the one before has just ended. @returns its id */
  backUp(address: SourceAddress): Promise<string>;
  backup(id: string): Promise<BackupAnswer>;
  /** Waits until its end is on record. */
  backupEnded(id: string, withinMs?: number): Promise<BackupAnswer>;
  /** Both at once. */
  backedUp(address: SourceAddress): Promise<BackupAnswer>;
  backups(address: SourceAddress): Promise<readonly { readonly id: string; readonly state: string; readonly trigger: string }[]>;
  /** Reads it back once more, and waits for what comes of it. */
  verifiedAgain(id: string): Promise<BackupAnswer>;
  /** Waits for the lock where the restore before has just ended. @returns its id */
  restore(request: object): Promise<string>;
  /** The backup that such a restore would bring back. */
  chosen(request: object): Promise<string>;
  restoreIs(id: string, condition: (restore: RestoreAnswer) => boolean, withinMs?: number): Promise<RestoreAnswer>;
  restoreEnded(id: string, withinMs?: number): Promise<RestoreAnswer>;
  control(restore: string, kind: string, body?: object): Promise<Answer>;
  drilled(address: SourceAddress): Promise<z.output<typeof drillAnswer>>;
}

export function createDataUser(api: ApiUser): DataUser {
  async function look<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const { status, body } = await api.ask('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
    return schema.parse(body);
  }
  /** Whoever ended a moment before frees its lock a moment later. */
  async function start(path: string, request: object, busy: string): Promise<string> {
    let answer: Answer | undefined;
    await until(async () => (answer = await api.ask('POST', path, request)).status !== 409 || codeIn(answer) !== busy, 20_000, LOOK_EVERY_MS);
    if (answer?.status !== 202) throw new Error(`POST ${path}: ${JSON.stringify(answer)}`);
    return z.object({ id: z.string() }).parse(answer.body).id;
  }
  async function when<T>(path: string, schema: z.ZodType<T>, condition: (found: T) => boolean, withinMs: number): Promise<T> {
    let last: unknown;
    const found = await waitFor(async () => {
      const now = await look(path, schema).catch((error: unknown) => void (last = String(error)));
      last = now ?? last;
      return now !== undefined && condition(now) ? now : undefined;
    }, withinMs);
    if (found === undefined) throw new Error(`${path} never came to that: ${JSON.stringify(last, null, 1)}`);
    return found;
  }
  const user: DataUser = {
    backUp: (address) => start('/backups', address, 'BACKUP_RUNNING'),
    backup: (id) => look(`/backups/${id}`, backupAnswer),
    backupEnded: (id, withinMs = 60_000) => when(`/backups/${id}`, backupAnswer, ({ endedAt }) => endedAt !== null, withinMs),
    backedUp: async (address) => user.backupEnded(await user.backUp(address)),
    backups: async ({ service, environment, source }) => (await look(`/backups?service=${service}&environment=${environment}&source=${source}&limit=100`, listAnswer)).items,
    async verifiedAgain(id) {
      const before = await user.backup(id);
      const { status, body } = await api.ask('POST', `/backups/${id}/verify`);
      if (status !== 202) throw new Error(`verify: ${JSON.stringify(body)}`);
      return when(`/backups/${id}`, backupAnswer, ({ state, verifiedAt }) => state === 'damaged' || verifiedAt !== before.verifiedAt, 60_000);
    },
    restore: (request) => start('/restores', request, 'RESTORE_RUNNING'),
    async chosen(request) {
      const { status, body } = await api.ask('POST', '/restores?plan=true', request);
      if (status !== 200) throw new Error(`plan: ${JSON.stringify(body)}`);
      return z.object({ plan: z.object({ backup: z.object({ id: z.string() }) }) }).parse(body).plan.backup.id;
    },
    restoreIs: (id, condition, withinMs = 60_000) => when(`/restores/${id}`, restoreAnswer, condition, withinMs),
    restoreEnded: (id, withinMs) => user.restoreIs(id, ({ phase, from }) => restoreHasEnded(phase) && from === 'record', withinMs),
    control: (restore, kind, body = {}) => api.ask('POST', `/restores/${restore}/${kind}`, body),
    async drilled(address) {
      const id = await start('/drills', address, 'DRILL_RUNNING');
      return when(`/drills/${id}`, drillAnswer, ({ state }) => state !== 'running', 60_000);
    },
  };
  return user;
}

/** Of a problem document. */
export function codeIn({ body }: Answer): string | undefined {
  return z.object({ code: z.string() }).safeParse(body).data?.code;
}

async function waitFor<T>(look: () => Promise<T | undefined>, withinMs: number): Promise<T | undefined> {
  let found: T | undefined;
  await until(async () => (found = await look()) !== undefined, withinMs, LOOK_EVERY_MS);
  return found;
}
