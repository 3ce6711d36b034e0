import { z } from 'zod';
import { PHASES } from '../domain/deployment/status.js';
import { DEPLOYMENT_ID_PATTERN, NAME_PATTERN } from '../domain/names.js';
import { parseDuration } from '../domain/duration.js';

const NAME_MESSAGE = 'must begin with a lower-case letter and go on with lower-case letters, digits and dashes, at most 63 in all';

export const nameSchema = z.string().regex(NAME_PATTERN, NAME_MESSAGE);
export const serviceNameSchema = nameSchema.meta({ examples: ['storefront'] });
export const environmentNameSchema = nameSchema.meta({ examples: ['production'] });
export const deploymentIdSchema = z.string().regex(DEPLOYMENT_ID_PATTERN, 'must be a deployment id: 26 characters, as `POST /deployments` answers')
  .meta({ examples: ['01JDXW3Q2M8F4T6Z9K1B5C7E0R'] });
export const runIdSchema = z.string().regex(DEPLOYMENT_ID_PATTERN, 'must be an id: 26 characters, as the request that made it answered').meta({ examples: ['01JDXW3Q2M8F4T6Z9K1B5C7E0R'] });
export const sourceNameSchema = nameSchema.meta({ examples: ['orders'] });
export const phaseSchema = z.enum(PHASES);
export const instantSchema = z.string().meta({ format: 'date-time' });
/** An instant that somebody sends; read as UTC. */
export const momentSchema = z.iso.datetime({ offset: true, error: 'must be an instant as in RFC 3339 such as 2026-11-23T03:30:00Z' }).transform((text) => new Date(text).toISOString());
export const splitSchema = z.object({ blue: z.number(), green: z.number() }).meta({ description: 'Basis points by slot; together 10,000.' });

/** Free text for people: what PostgreSQL and a terminal can both hold. */
export function proseSchema(longest: number) {
  return z.string().max(longest).refine((text) => !/[\p{Surrogate}\p{Cc}]/u.test(text.replaceAll(/[\n\t]/g, ' ')), 'must not hold control characters or halves of characters');
}

export const flagSchema = z.enum(['true', 'false']).default('false').transform((flag) => flag === 'true');

export const pageQuery = {
  limit: z.string().regex(/^(?:[1-9]\d?|1\d\d|200)$/, 'must be a number from 1 to 200').default('50').transform(Number).meta({ description: 'How many at most, 1 to 200.' }),
  cursor: z.string().max(1_000).optional().meta({ description: '`next` of the page before.' }),
};

export const nextSchema = z.string().nullable().meta({ description: 'The cursor of the next page; null on the last.' });

export function waitSchema(longestMs: number) {
  return z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined && ms <= longestMs) return ms;
    context.addIssue({ code: 'custom', message: `must be a duration such as 30s, at most ${longestMs / 1_000}s` });
    return z.NEVER;
  });
}

/** `"3"`: the revision that a change starts from. */
export const revisionTagSchema = z.string().regex(/^(?:W\/)?"\d{1,9}"$/, 'must be an `ETag` that a service answered').transform((tag) => Number(tag.replaceAll(/\D/g, '')));

export const idempotencyHeaders = z.looseObject({
  'idempotency-key': z.string().optional().meta({ description: 'The same key with the same body is carried out once; send it with every try.' }),
});
