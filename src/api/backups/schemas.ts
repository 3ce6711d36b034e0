import { z } from 'zod';
import { BACKUP_PHASES } from '../../domain/backup/backup-status.js';
import { BACKUP_STATES } from '../../domain/backup/record.js';
import { environmentNameSchema, instantSchema, nextSchema, proseSchema, runIdSchema, serviceNameSchema, sourceNameSchema } from '../schemas.js';

export const reasonSchema = proseSchema(1_000).meta({ description: 'Why, for people.' });

export const addressShape = { service: serviceNameSchema, environment: environmentNameSchema, source: sourceNameSchema };

export const filterShape = { service: serviceNameSchema.optional(), environment: environmentNameSchema.optional(), source: sourceNameSchema.optional() };

const ADDRESS_EXAMPLE = { service: 'storefront', environment: 'production', source: 'orders' };

export const backupBody = z.strictObject({ ...addressShape, reason: reasonSchema.optional() })
  .meta({ id: 'BackupRequest', examples: [{ ...ADDRESS_EXAMPLE, reason: 'before the move' }] });

export const drillBody = z.strictObject(addressShape).meta({ id: 'DrillRequest', examples: [ADDRESS_EXAMPLE] });

export const holdBody = z.strictObject({ reason: reasonSchema.min(1, 'must say why') }).meta({ id: 'HoldRequest', examples: [{ reason: 'audit 2026-17' }] });

export const dropHoldBody = z.strictObject({ reason: reasonSchema.optional() }).meta({ id: 'DropHoldRequest', examples: [{ reason: 'the audit is over' }] });

const linksSchema = z.object({ self: z.string(), temporal: z.string().nullable() }).meta({ id: 'BackupLinks' });
export { linksSchema as runLinksSchema };

export const fingerprintSchema = z.object({
  digest: z.string().meta({ description: 'Two with the same digest are equal.' }),
  items: z.number(),
  total: z.string().meta({ description: 'Rows of a database, bytes of files.' }),
  biggest: z.record(z.string(), z.string()),
  about: z.record(z.string(), z.unknown()),
}).meta({ id: 'Fingerprint', description: 'What the source held at that instant.' });

const ticketShape = {
  id: runIdSchema, ...addressShape,
  state: z.enum(BACKUP_STATES).meta({ description: 'Only a `verified` one was read back from its destination and found whole.' }),
};

export const backupTicketSchema = z.object({ ...ticketShape, links: linksSchema }).meta({ id: 'BackupTicket' });

export const causeSchema = z.object({ code: z.string(), by: z.string(), text: z.string() }).nullable();

const keptSchema = z.object({ why: z.array(z.string()), expires: instantSchema.nullable().meta({ description: 'About when retention lets it go; null: never, or nobody can tell.' }) }).nullable()
  .meta({ description: 'Why retention keeps it today.' });

const summaryShape = {
  ...ticketShape,
  repository: z.string(), trigger: z.enum(['request', 'schedule', 'safety', 'deployment']), by: z.string(), reason: z.string().nullable(),
  at: instantSchema.nullable().meta({ description: 'The instant its data is of.' }),
  bytes: z.number().nullable().meta({ description: 'As read from the source.' }),
  storedBytes: z.number().nullable().meta({ description: 'What it added to the repository.' }),
  verifiedAt: instantSchema.nullable(),
  provenAt: instantSchema.nullable().meta({ description: 'When a restore or drill last found its content equal.' }),
  tookMs: z.record(z.string(), z.number()).meta({ description: 'By part: `capture` (with `fingerprint`), `verify`, `retain`.' }),
  cause: causeSchema.meta({ description: 'Why it failed.' }),
  held: z.boolean().meta({ description: 'Under legal hold.' }),
  requestedAt: instantSchema, endedAt: instantSchema.nullable(),
};

export const backupSummarySchema = z.object(summaryShape).meta({ id: 'BackupSummary' });

export const backupListSchema = z.object({ items: z.array(z.object({ ...summaryShape, kept: keptSchema, links: linksSchema }).meta({ id: 'BackupListItem' })), next: nextSchema }).meta({ id: 'BackupList' });

export const tryingSchema = z.object({
  step: z.string(),
  attempt: z.number().meta({ description: 'Which attempt runs, or comes next.' }),
  code: z.string().meta({ description: 'Of the attempt before.' }),
  text: z.string(),
  nextAt: instantSchema.nullable().meta({ description: 'null while an attempt runs.' }),
  until: instantSchema.nullable().meta({ description: 'After that it is given up.' }),
}).meta({ id: 'Trying' }).nullable().meta({ description: 'Why it does not get on: a step that failed, and is tried again. null when none is.' });

export const backupSchema = z.object({
  ...summaryShape,
  from: z.enum(['run', 'record']).meta({ description: '`run`: asked just now. `record`: what was last written down.' }),
  phase: z.enum(BACKUP_PHASES),
  snapshot: z.string().nullable().meta({ description: 'What stands for it in the repository.' }),
  fingerprint: fingerprintSchema.nullable(),
  damage: z.array(z.object({ file: z.string().nullable(), text: z.string() })),
  notes: z.array(z.string()),
  startedAt: instantSchema,
  checkFailure: z.object({ code: z.string(), text: z.string(), at: instantSchema }).nullable().meta({ description: 'Why it could not be read back once more the last time that was asked for. It says nothing about the backup.' }),
  trying: tryingSchema,
  hold: z.object({ by: z.string(), reason: z.string(), at: instantSchema }).nullable(),
  kept: keptSchema,
  links: linksSchema,
}).meta({ id: 'Backup' });

export const drillTicketSchema = z.object({ id: runIdSchema, ...addressShape, state: z.enum(['running', 'proven', 'failed', 'skipped']), links: linksSchema }).meta({ id: 'DrillTicket' });

const drillShape = {
  id: runIdSchema, ...addressShape, state: z.enum(['running', 'proven', 'failed', 'skipped']), backup: z.string().nullable(), by: z.string(), text: z.string(),
  tookMs: z.number().nullable(), requestedAt: instantSchema, endedAt: instantSchema.nullable(),
};

export const plainDrillSchema = z.object(drillShape).meta({ id: 'DrillResult' });
export const drillSchema = z.object({ ...drillShape, trying: tryingSchema, links: linksSchema }).meta({ id: 'Drill' });
export const drillListSchema = z.object({ items: z.array(z.object({ ...drillShape, links: linksSchema }).meta({ id: 'DrillListItem' })), next: nextSchema }).meta({ id: 'DrillList' });
