import { z } from 'zod';
import { instantSchema, nextSchema, serviceNameSchema } from '../schemas.js';

const anyObject = z.record(z.string(), z.unknown());

const EXAMPLE = {
  service: 'storefront',
  environments: {
    production: {
      router: { use: 'edge' },
      target: { use: 'hosts', instances: 2 },
      health: { web: { http: { path: '/healthz' } } },
      strategy: { canary: [{ traffic: '10%', bake: '2m' }, { traffic: '50%', bake: '10m' }] },
    },
  },
};

export const definitionBody = z.unknown().meta({ description: 'A definition; `/schemas/service.json` says what it holds.', examples: [EXAMPLE] });

export const serviceSchema = z.object({
  service: serviceNameSchema,
  revision: z.number().int(),
  definition: anyObject,
  updatedBy: z.string(),
  updatedAt: instantSchema,
}).meta({ id: 'Service' });

export const serviceListSchema = z.object({ items: z.array(serviceSchema), next: nextSchema }).meta({ id: 'ServiceList' });

export const differenceSchema = z.object({
  service: serviceNameSchema,
  revision: z.number().int().nullable().meta({ description: 'The newest revision; null when there is none.' }),
  changes: z.array(z.object({ path: z.string(), before: z.unknown().optional(), after: z.unknown().optional() })),
  warnings: z.array(z.string()).meta({ description: 'What could not be checked, or is not as it should be.' }),
}).meta({ id: 'ServiceDifference' });
