import { z } from 'zod';
import { instantSchema, nextSchema } from '../schemas.js';
import { addressShape, backupSummarySchema, plainDrillSchema, runLinksSchema } from './schemas.js';

const scheduleSchema = z.object({
  when: z.union([z.object({ kind: z.literal('cron'), cron: z.string() }), z.object({ kind: z.literal('every'), everyMs: z.number() })]),
  timezone: z.string(),
  skipped: z.number().meta({ description: 'Starts that found the run before still at work.' }),
  health: z.object({
    next: z.array(instantSchema).meta({ description: 'The next few starts.' }),
    lastAt: instantSchema.nullable(),
    missed: z.number().meta({ description: 'Starts that nobody carried out: too late for the catch-up window, or while the one before waited for a worker.' }),
    paused: z.boolean().meta({ description: 'Somebody paused it in Temporal.' }),
  }).nullable().meta({ description: 'null while it is not there yet, or Temporal does not answer.' }),
  problem: z.object({ code: z.string(), text: z.string() }).nullable().meta({ description: 'Why it is not in force as declared; null while it is. It is tried again every minute.' }),
}).meta({ id: 'SourceSchedule' });

const keepRulesSchema = z.object({ last: z.number(), hourly: z.number(), daily: z.number(), weekly: z.number(), monthly: z.number(), yearly: z.number() }).meta({ id: 'KeepRules' });

export const sourceSchema = z.object({
  ...addressShape,
  owner: z.object({ service: z.string(), source: z.string() }).meta({ description: 'Backups and restores are asked for by this service and name.' }),
  owned: z.object({
    kind: z.enum(['postgres', 'directory', 'sqlite']), repository: z.string(), keep: keepRulesSchema,
    newest: backupSummarySchema.nullable().meta({ description: 'Of whatever state.' }),
    newestVerified: backupSummarySchema.nullable(),
    ageMs: z.number().nullable().meta({ description: 'Of the newest verified data.' }),
    maxAgeMs: z.number().nullable(), tooOld: z.boolean(),
    schedule: scheduleSchema.nullable(), drill: scheduleSchema.nullable(), lastDrill: plainDrillSchema.nullable(),
  }).nullable().meta({ description: 'null where the service only uses the source of another one: ask for that.' }),
}).meta({ id: 'BackupSource' });

export const sourceListSchema = z.object({ items: z.array(sourceSchema), next: nextSchema }).meta({ id: 'BackupSourceList' });

export const retentionSchema = z.object({
  ...addressShape, rules: keepRulesSchema,
  keep: z.array(z.object({ id: z.string(), why: z.array(z.string()), expires: instantSchema.nullable() })),
  forget: z.array(z.object({ id: z.string(), why: z.string() })),
}).meta({ id: 'RetentionPreview' });

export const retentionTicketSchema = z.object({ ...addressShape, links: runLinksSchema }).meta({ id: 'RetentionTicket' });
