import { z } from 'zod';
import { duration, name, named, oneKind, percentage, text, wholeNumber } from './fields.js';

const step = z.strictObject({
  traffic: percentage('Share of traffic that the candidate gets; more than in the step before.'),
  bake: duration('Time in which the candidate is judged at this share.'),
  gate: name('Gate that opens after the bake; one of `gates`.').optional(),
});

const kinds = {
  canary: z.array(step, 'must be a list of steps').min(1, 'must have at least one step').max(100, 'must have at most 100 steps').optional()
    .meta({ description: 'Steps on the way to 100 %.' }),
  blueGreen: z.strictObject({ gate: name('Gate that opens after `verify`, before the switch; one of `gates`.').optional() }).optional()
    .meta({ description: 'One switch of all traffic.' }),
};

export const strategySchema = oneKind(['canary', 'blueGreen'], kinds, 'How a candidate gets its traffic; exactly one of `canary`, `blueGreen`.');

export const alternativesSchema = named(oneKind(['canary', 'blueGreen'], kinds, 'A strategy that a request may name.'), 'Further strategies, by name.').default({});

export const gatesSchema = named(z.strictObject({
  role: text('Role that whoever decides must have; without, any.', { max: 63 }).optional(),
  quorum: wholeNumber('Number of distinct people who must approve.', { max: 100 }).default(1),
  notOwnChange: z.boolean('must be true or false').default(false).meta({ description: 'Whoever started the deployment may not approve it.' }),
  timeout: duration('Time to decide.', { minMs: 1_000 }).default('4h'),
  onTimeout: z.enum(['abort', 'proceed', 'remind']).default('abort').meta({ description: 'What happens when nobody decided in time.' }),
}), 'Points that wait for people, by name (not `no-data`, `breach` or `error`, which open by themselves).').default({});
