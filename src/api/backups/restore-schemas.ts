import { z } from 'zod';
import { RESTORE_PHASES } from '../../domain/backup/restore-status.js';
import { gateSchema } from '../deployments/schemas.js';
import { instantSchema, momentSchema, nextSchema, runIdSchema } from '../schemas.js';
import { addressShape, causeSchema, filterShape, fingerprintSchema, reasonSchema, runLinksSchema, tryingSchema } from './schemas.js';

export const restoreBody = z.strictObject({
  ...filterShape,
  backup: z.union([z.literal('latest'), runIdSchema], 'must be the id of a backup, or `latest`').optional().meta({ description: 'Its id, or `latest`: the newest verified one. Default: `latest`.' }),
  before: momentSchema.optional().meta({ description: 'The newest verified one whose data is of this instant or earlier.' }),
  deployment: runIdSchema.optional().meta({ description: 'A deployment that ended with the follow-up `restore-offered`: the backup it made before.' }),
  swap: z.boolean().optional().meta({ description: 'Put the restored data in the place of what is live. Default: false, a dry run, which restores beside it, proves, reports and ends.' }),
  safety: z.enum(['required', 'try']).optional().meta({ description: '`try`: swap also when what is live can no longer be backed up; it is kept for `keepOld` all the same. Default: `required`.' }),
  reason: reasonSchema.optional(),
}).meta({
  id: 'RestoreRequest', description: 'Service, environment and source may be left out where `backup` or `deployment` names one backup.',
  examples: [{ service: 'storefront', environment: 'production', source: 'orders', backup: 'latest', swap: true, reason: 'orders of today are garbled' }],
});

export const restoreControlBody = z.strictObject({ reason: reasonSchema.optional() }).meta({ id: 'RestoreControlRequest', examples: [{ reason: 'looking into it' }] });

export const restoreDecisionBody = z.strictObject({
  reason: reasonSchema.optional(),
  gate: z.string().min(1).max(100).meta({ description: 'The `address` of the gate, as the status shows under `gates`.' }),
}).meta({ id: 'RestoreDecisionRequest', examples: [{ gate: 'data-owners', reason: 'counts look right' }] });

export const restoreResolveBody = z.strictObject({
  reason: reasonSchema.optional(),
  live: z.enum(['old', 'restored']).meta({ description: 'Which data is live, and shall stay so.' }),
}).meta({ id: 'RestoreResolveRequest', examples: [{ live: 'old', reason: 'looked at it by hand' }] });

const lossSchema = z.string().meta({ description: 'What is lost, in words and numbers.' });
const ticketShape = { id: runIdSchema, ...addressShape, backup: z.string(), dryRun: z.boolean().meta({ description: 'It ends before the swap.' }), phase: z.enum(RESTORE_PHASES) };
const heldSchema = z.array(z.string()).meta({ description: 'Services that cannot be deployed at present because of it.' });

export const restoreTicketSchema = z.object({ ...ticketShape, held: heldSchema, loss: lossSchema, pointOfNoReturn: z.string(), links: runLinksSchema }).meta({ id: 'RestoreTicket' });

export const restoreListSchema = z.object({
  items: z.array(z.object({ ...ticketShape, by: z.string(), reason: z.string().nullable(), requestedAt: instantSchema, endedAt: instantSchema.nullable(), links: runLinksSchema }).meta({ id: 'RestoreSummary' })),
  next: nextSchema,
}).meta({ id: 'RestoreList' });

const itemSchema = z.object({ kind: z.string(), count: z.string().nullable(), sum: z.string().nullable() }).nullable();

const proofSchema = z.object({
  equal: z.boolean(),
  differences: z.array(z.object({ item: z.string(), recorded: itemSchema, found: itemSchema, text: z.string() })),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  copy: fingerprintSchema,
  live: fingerprintSchema.nullable(),
  differing: z.number().nullable().meta({ description: 'In how many items live differs from the copy.' }),
  writtenSince: z.number().optional().meta({ description: 'In how many items live is no longer what the safety backup holds.' }),
  delta: z.array(z.string()).meta({ description: 'In what live differs from the copy.' }),
}).meta({ id: 'Proof', description: 'Whether the restored copy is what was backed up.' });

const liveShape = {
  ...ticketShape,
  paused: z.boolean(), waitsFor: z.string().nullable().meta({ description: 'What it waits for, in one sentence.' }),
  live: z.enum(['old', 'restored', 'unknown']).meta({ description: 'Which data is live: `old` what was there before, `restored` what came from the backup, `unknown` where the restore was lost.' }),
  held: heldSchema,
  safetyBackup: z.string().nullable().meta({ description: 'The backup made of what was live.' }),
  proof: proofSchema.nullable(), gates: z.array(gateSchema), canAbort: z.boolean(), loss: lossSchema, pointOfNoReturn: z.string(),
  cause: causeSchema.meta({ description: 'Why it goes or went back.' }),
  notes: z.array(z.string()), milestones: z.record(z.string(), z.string()), tookMs: z.record(z.string(), z.number()),
  startedAt: instantSchema, endedAt: instantSchema.nullable(), links: runLinksSchema,
};

export const restoreLiveSchema = z.object(liveShape).meta({ id: 'RestoreStatus' });

const planObject = z.record(z.string(), z.unknown());

export const restoreSchema = z.object({
  ...liveShape,
  from: z.enum(['run', 'record']).meta({ description: '`run`: asked just now. `record`: what was last written down.' }),
  by: z.string().nullable(), reason: z.string().nullable(), requestedAt: instantSchema.nullable(), plan: planObject.nullable(), trying: tryingSchema,
}).meta({ id: 'Restore' });

export const restorePlanSchema = z.object({ plan: planObject }).meta({ id: 'RestorePlan' });
