import { z } from 'zod';
import { BACKUP_PHASES } from '../../domain/backup/backup-status.js';
import { RESTORE_PHASES } from '../../domain/backup/restore-status.js';
import { PHASES } from '../../domain/deployment/status.js';

/** What the demo reads of the API's answers; the rest is none of its business. */
export const deploymentAnswer = z.object({
  id: z.string(),
  service: z.string(),
  version: z.string(),
  stableVersion: z.string().nullable(),
  strategy: z.string(),
  phase: z.enum(PHASES),
  step: z.number(),
  gates: z.array(z.object({ address: z.string() })),
  verdicts: z.array(z.object({
    step: z.number(),
    kind: z.enum(['pass', 'fail', 'no-data', 'error']),
    findings: z.array(z.object({ rule: z.string(), kind: z.string(), text: z.string() })),
  })),
  cause: z.object({ code: z.string(), text: z.string() }).nullable(),
  milestones: z.record(z.string(), z.string()),
  breachToZeroMs: z.number().nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  plan: z.object({
    strategy: z.object({ kind: z.enum(['canary', 'blueGreen']) }),
    candidate: z.object({ target: z.object({ instances: z.number() }) }),
    steps: z.array(z.object({ number: z.number(), share: z.number(), bakeMs: z.number() })),
  }).nullable(),
});

export type DeploymentAnswer = z.output<typeof deploymentAnswer>;

export const environmentAnswer = z.object({
  stable: z.object({ version: z.string(), deployment: z.string(), since: z.string() }).nullable(),
  live: z.object({ id: z.string() }).nullable(),
});

export type EnvironmentAnswer = z.output<typeof environmentAnswer>;

const cause = z.object({ code: z.string(), text: z.string() }).nullable();
const fingerprint = z.object({ items: z.number(), total: z.string(), biggest: z.record(z.string(), z.string()) });

export const backupAnswer = z.object({
  id: z.string(),
  phase: z.enum(BACKUP_PHASES),
  state: z.string(),
  snapshot: z.string().nullable(),
  fingerprint: fingerprint.nullable(),
  bytes: z.number().nullable(),
  storedBytes: z.number().nullable(),
  cause,
  damage: z.array(z.object({ file: z.string().nullable(), text: z.string() })),
  tookMs: z.record(z.string(), z.number()),
});

export type BackupAnswer = z.output<typeof backupAnswer>;

export const restoreAnswer = z.object({
  id: z.string(),
  phase: z.enum(RESTORE_PHASES),
  dryRun: z.boolean(),
  live: z.enum(['old', 'restored', 'unknown']),
  safetyBackup: z.string().nullable(),
  proof: z.object({
    equal: z.boolean(),
    differences: z.array(z.object({ text: z.string() })),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
    copy: fingerprint,
    differing: z.number().nullable(),
    delta: z.array(z.string()),
  }).nullable(),
  cause,
  tookMs: z.record(z.string(), z.number()),
  plan: z.object({ source: z.object({ restore: z.object({ keepOldMs: z.number() }) }) }).nullable(),
});

export type RestoreAnswer = z.output<typeof restoreAnswer>;

export const drillAnswer = z.object({ id: z.string(), state: z.enum(['running', 'proven', 'failed']), text: z.string(), tookMs: z.number().nullable() });

export type DrillAnswer = z.output<typeof drillAnswer>;

/** The first page is enough to know whether there is any. */
export const restoresAnswer = z.object({ items: z.array(z.object({ id: z.string() })) });

export const ticketAnswer = z.object({ id: z.string() });

export const problemAnswer = z.object({ code: z.string(), title: z.string(), detail: z.string().optional() });
