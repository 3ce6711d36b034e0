import { z } from 'zod';
import { deploymentIdSchema, environmentNameSchema, instantSchema, nextSchema, phaseSchema, proseSchema, serviceNameSchema, splitSchema } from '../schemas.js';
import { FOLLOW_UP_KINDS } from '../../domain/deployment/follow-up.js';
import { MIGRATION_STEPS } from '../../domain/deployment/protection.js';
import { VERSION_PATTERN } from '../../domain/names.js';

const reasonSchema = proseSchema(1_000).optional().meta({ description: 'Why, for people.' });
const versionMessage = 'must begin with a letter or digit and go on with letters, digits and . _ + : @ / - only, at most 255 in all';

export const requestBody = z.strictObject({
  service: serviceNameSchema,
  environment: environmentNameSchema,
  version: z.string().regex(VERSION_PATTERN, versionMessage).optional().meta({ description: 'Default: the version that is live. Required at first.', examples: ['v2'] }),
  strategy: z.string().min(1).max(100).optional().meta({ description: 'One of the environment’s `alternatives`. Default: its own.' }),
  reason: reasonSchema,
  force: z.boolean().optional().meta({ description: 'Launch a release anew that is live already.' }),
  onConflict: z.enum(['reject']).optional().meta({ description: 'While another deployment is live: refuse.' }),
}).meta({ id: 'DeploymentRequest', examples: [{ service: 'storefront', environment: 'production', version: 'v2', reason: 'faster checkout' }] });

export const undoBody = z.strictObject({
  strategy: requestBody.shape.strategy, reason: reasonSchema,
  force: z.boolean().optional().meta({ description: 'Although the contract of the deployment has run, which is else refused (`CONTRACTED`).' }),
}).meta({ id: 'UndoRequest', examples: [{ reason: 'customers complain' }] });

export const controlBody = z.strictObject({
  reason: reasonSchema,
  step: z.number().int().min(1).max(1_000).optional().meta({ description: 'The step that is meant. Default: the present one.' }),
}).meta({ id: 'ControlRequest', examples: [{ reason: 'looking into it' }] });

export const decisionBody = z.strictObject({
  ...controlBody.shape,
  gate: z.string().regex(/^\d{1,4}\/[a-z][a-z0-9-]{0,62}$/, 'must be `<step>/<name>`, as the status shows under `gates`'),
}).meta({ id: 'DecisionRequest', examples: [{ gate: '2/release-managers', reason: 'looks good' }] });

export const resolveBody = z.union([
  z.strictObject({ reason: reasonSchema, slot: z.enum(['blue', 'green']).meta({ description: 'The slot that serves.' }) }),
  z.strictObject({ reason: reasonSchema, drop: z.string().min(1).max(200).meta({ description: 'The router instance to go on without.' }) }),
], 'must name either `slot` or `drop`').meta({ id: 'ResolveRequest', examples: [{ slot: 'blue', reason: 'blue serves' }] });

const linksSchema = z.object({ self: z.string(), events: z.string(), temporal: z.string().nullable() }).meta({ id: 'DeploymentLinks' });

export const ticketSchema = z.object({
  id: deploymentIdSchema, service: serviceNameSchema, environment: environmentNameSchema, strategy: z.string(), version: z.string(), phase: phaseSchema, links: linksSchema,
}).meta({ id: 'DeploymentTicket' });

export const gateSchema = z.object({
  address: z.string().meta({ description: 'What approve and reject name.' }),
  notOwnChange: z.boolean(),
  role: z.string().nullable(),
  quorum: z.number(),
  approvals: z.array(z.object({ by: z.string(), role: z.string().nullable(), at: instantSchema })),
  until: instantSchema,
  onTimeout: z.enum(['abort', 'proceed', 'remind']),
  reason: z.string(),
}).meta({ id: 'OpenGate' });

const verdictSchema = z.object({
  step: z.number(),
  kind: z.enum(['pass', 'fail', 'no-data', 'error']),
  findings: z.array(z.object({ rule: z.string(), kind: z.string(), text: z.string(), value: z.number().optional(), limit: z.number().optional() })),
  at: instantSchema,
}).meta({ id: 'StepVerdict' });

const madeBackupSchema = z.object({
  service: serviceNameSchema.meta({ description: 'Who owns the source.' }), source: z.string(), backup: z.string().meta({ description: 'Its id in the catalogue.' }),
}).meta({ id: 'MadeBackup' });

const protectionSchema = z.object({
  backups: z.array(madeBackupSchema).meta({ description: 'Made before the deployment, and read back.' }),
  migrations: z.partialRecord(z.enum(MIGRATION_STEPS), z.enum(['ahead', 'waiting', 'running', 'done', 'failed', 'skipped'])),
  pointOfNoReturn: z.string(),
}).meta({ id: 'DeploymentProtection' });

const followUpSchema = z.object({
  kind: z.enum(FOLLOW_UP_KINDS),
  text: z.string().meta({ description: 'What is to be done, and how.' }),
  until: instantSchema.nullable().meta({ description: 'null: until somebody does it.' }),
  backups: z.array(madeBackupSchema),
}).meta({ id: 'FollowUp' });

const liveShape = {
  id: deploymentIdSchema, service: serviceNameSchema, environment: environmentNameSchema, strategy: z.string(), version: z.string(), stableVersion: z.string().nullable(),
  phase: phaseSchema,
  paused: z.boolean(),
  waitsFor: z.string().nullable().meta({ description: 'What it waits for, in one sentence.' }),
  step: z.number(), steps: z.number(), split: splitSchema.nullable(), stableSlot: z.enum(['blue', 'green']).nullable(),
  gates: z.array(gateSchema), verdicts: z.array(verdictSchema),
  canAbort: z.boolean().meta({ description: 'Whether an abort takes everything back. Once the roles have changed it only stops a contract that is left.' }),
  cause: z.object({ code: z.string(), by: z.string(), text: z.string() }).nullable().meta({ description: 'Why it goes or went back.' }),
  notes: z.array(z.string()),
  milestones: z.record(z.string(), z.string()),
  timings: z.object({ progressingMs: z.number(), waitingMs: z.number() }),
  breachToZeroMs: z.number().nullable().meta({ description: 'From the breaching sample until the candidate had no traffic.' }),
  protection: protectionSchema.optional().meta({ description: 'Of a protected deployment only.' }),
  followUps: z.array(followUpSchema).optional().meta({ description: 'What it leaves to people. It holds nothing up.' }),
  startedAt: instantSchema, endedAt: instantSchema.nullable(),
  links: linksSchema,
};

export const liveSchema = z.object(liveShape).meta({ id: 'DeploymentStatus' });

export const deploymentSchema = z.object({
  ...liveShape,
  source: z.enum(['run', 'record']).meta({ description: '`run`: asked just now. `record`: what was last written down.' }),
  by: z.string().nullable(), reason: z.string().nullable(), undoes: z.string().nullable(), revision: z.number().nullable(), requestedAt: instantSchema.nullable(),
  plan: z.record(z.string(), z.unknown()).nullable(),
  reached: z.boolean().optional().meta({ description: 'Of a waiting request: whether it is there, or the time was over.' }),
}).meta({ id: 'Deployment' });

export const deploymentListSchema = z.object({
  items: z.array(z.object({
    id: deploymentIdSchema, service: serviceNameSchema, environment: environmentNameSchema, strategy: z.string(), version: z.string(), phase: phaseSchema,
    by: z.string(), reason: z.string().nullable(), undoes: z.string().nullable(), requestedAt: instantSchema, endedAt: instantSchema.nullable(), links: linksSchema,
  }).meta({ id: 'DeploymentSummary' })),
  next: nextSchema,
}).meta({ id: 'DeploymentList' });

export const planSchema = z.object({
  plan: z.record(z.string(), z.unknown()),
  timing: z.object({ shortestMs: z.number(), longestMs: z.number().nullable(), pointOfNoReturn: z.string() }),
  warnings: z.array(z.string()).meta({ description: 'What the workers last saw that would stand in its way, or that it would be told of.' }),
}).meta({ id: 'DeploymentPlan' });

export const eventListSchema = z.object({
  items: z.array(z.object({
    sequence: z.number(), key: z.string(), deployment: deploymentIdSchema, kind: z.string(), at: instantSchema, text: z.string(), data: z.record(z.string(), z.unknown()),
  }).meta({ id: 'DeploymentEvent' })),
  next: z.number().nullable().meta({ description: '`after` of the next page; null when nothing more is there yet.' }),
}).meta({ id: 'DeploymentEventList' });
