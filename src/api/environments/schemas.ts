import { z } from 'zod';
import { DRIFT_KINDS } from '../../domain/keeper/drift.js';
import { liveSchema } from '../deployments/schemas.js';
import { deploymentIdSchema, environmentNameSchema, instantSchema, serviceNameSchema, splitSchema } from '../schemas.js';

const slotSchema = z.enum(['blue', 'green']);

export const environmentSchema = z.object({
  service: serviceNameSchema,
  environment: environmentNameSchema,
  revision: z.number().int(),
  stable: z.object({ version: z.string(), slot: slotSchema, deployment: z.string(), since: instantSchema }).nullable()
    .meta({ description: 'What is recorded as live; null while the environment is unmanaged.' }),
  live: z.object({ id: deploymentIdSchema, status: liveSchema.nullable() }).nullable().meta({ description: 'The deployment that runs now.' }),
  observed: z.array(z.object({
    routerInstance: z.string(),
    split: splitSchema,
    health: z.object({
      stable: z.string(), candidate: z.string(),
      disk: z.string().optional().meta({ description: 'Why the router instance would not start again as it is now; absent where it would, or nobody knows.' }),
    }),
    at: instantSchema,
    ageMs: z.number(),
  })).meta({ description: 'What the workers last saw, by router instance.' }),
  drift: z.array(z.object({
    kind: z.enum(DRIFT_KINDS).meta({ description: '`absent`: lost, as by a restart. `differs`: changed by a person or a pull. `unreachable`, `stable-down`: does not answer.' }),
    routerInstance: z.string().nullable().meta({ description: 'null where it concerns the release.' }),
    text: z.string(),
    since: instantSchema,
    until: instantSchema.nullable().meta({ description: 'null while it lasts.' }),
    outcome: z.enum(['reported', 'restoring', 'restored']),
  })).meta({ description: 'What is not as recorded between deployments: all that lasts, and what ended within a day.' }),
  keeper: z.object({ ageMs: z.number() }).nullable().meta({ description: 'The last look between deployments; null: there was none.' }),
  maintenance: z.array(z.string()).meta({ description: 'Router instances that the operator has taken out of everything; what was observed of them is from before.' }),
}).meta({ id: 'Environment' });

export const resolvedEnvironmentSchema = z.object({
  service: serviceNameSchema,
  environment: environmentNameSchema,
  value: z.record(z.string(), z.unknown()),
  origins: z.record(z.string(), z.string()).meta({ description: 'By JSON pointer: `default`, `defaults` or `environment`.' }),
}).meta({ id: 'ResolvedEnvironment' });
