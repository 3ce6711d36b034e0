import { z } from 'zod';
import { duration, name, named, oneKind, text, wholeNumber } from './fields.js';

const limit = (description: string) => z.union([z.string(), z.number()], 'must be a number, a percentage or a duration').meta({ title: 'percentage, duration or number', description });

const failures = z
  .strictObject({
    inARow: wholeNumber('Breaching judgments in a row.', { max: 10_000 }).optional(),
    total: wholeNumber('Breaching judgments in all.', { max: 10_000 }).optional(),
  })
  .refine(({ inARow, total }) => inARow !== undefined || total !== undefined, { error: 'must have inARow or total', params: { missing: true } });

const metric = oneKind(['router', 'prometheus'], {
  router: z.enum(['errorRate', 'clientErrorRate', 'latencyP50', 'latencyP95', 'latencyP99']).optional().meta({ description: 'A measure of the router, candidate only.' }),
  prometheus: text('A PromQL query that gives one number; placeholders are escaped as literals.', { max: 8_192 }).optional(),
  source: name('The `prometheus` source of the operator that is asked; with `prometheus` only, and then `default` unless given.').optional(),
  max: limit('Highest value that passes: a percentage for `errorRate` and `clientErrorRate`, a duration for latencies, a number for queries.').optional(),
  min: limit('Lowest value that passes, in the same unit as `max`.').optional(),
  critical: z.boolean('must be true or false').default(false).meta({ description: 'Fails at the first breach.' }),
  failures: failures.default({ inARow: 3 }).meta({ description: 'How often it must breach to fail, unless `critical`.' }),
}, 'One measure; exactly one of `router`, `prometheus`, with `max`, `min` or both.');

export const analysisSchema = z.strictObject({
  every: duration('Time between two judgments.', { minMs: 100 }).default('1s'),
  minRequests: wholeNumber('Requests to the candidate below which a rate may not pass, and fails only when it is certain.', { min: 0 }).default(100),
  window: duration('The recent past that is judged beside the whole bake.', { minMs: 1_000 }).default('1m'),
  requireTraffic: z.boolean('must be true or false').default(false).meta({ description: 'No request at all is no pass either.' }),
  noData: z.strictObject({
    wait: duration('Time by which a bake with too little data is extended.', { minMs: 0 }).default('10m'),
    then: z.enum(['ask', 'pass', 'rollback']).default('ask').meta({ description: 'What follows when there is still too little.' }),
  }).prefault({}).meta({ description: 'Too little data to judge.' }),
  onBreach: z.enum(['rollback', 'ask']).default('rollback').meta({ description: 'What a failed verdict causes.' }),
  onError: z.enum(['hold', 'rollback']).default('hold').meta({ description: 'What follows when nobody can judge for `noData.wait`.' }),
  unattended: z.strictObject({
    after: duration('Time without a Temporal server.').default('10m'),
    then: z.enum(['hold', 'rollback']).default('hold').meta({ description: 'What the watch then does by itself.' }),
  }).prefault({}).meta({ description: 'No Temporal server answers.' }),
  compare: z.enum(['stable', 'off']).default('stable').meta({
    description: 'Whether the share of 4xx and the times to the first byte are compared with stable\'s. `off` where a header or a cookie chooses who gets the candidate.',
  }),
  stuck: z.enum(['on', 'off']).default('on').meta({ description: 'Whether requests to the candidate that get no answer fail it.' }),
  metrics: named(metric, 'What is measured and its limits, by name (not `health`, `router`, `stuck`, `traffic` or `stable`); health is always judged.').default({}),
}).prefault({}).meta({ description: 'How the candidate is judged.' });
