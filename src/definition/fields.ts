import { z } from 'zod';
import { parseDuration } from '../domain/duration.js';
import { NAME_PATTERN } from '../domain/names.js';
import { parsePercent } from '../domain/share.js';

/** A length of time as text, at least `minMs`. */
export function duration(description: string, { minMs = 1 }: { minMs?: number } = {}) {
  return z
    .string()
    .refine((text) => parseDuration(text) !== undefined, 'must be a duration of at most 24 days such as 500ms, 30s, 10m, 4h or 2d')
    .refine((text) => (parseDuration(text) ?? minMs) >= minMs, `must be at least ${minMs} ms`)
    .meta({ title: 'duration', description, pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h|d)$` });
}

/** A share of traffic as text, above 0 %. */
export function percentage(description: string) {
  return z
    .string()
    .refine((text) => (parsePercent(text) ?? 0) > 0, 'must be a percentage above 0% and at most 100% such as 5% or 0.25%')
    .meta({ title: 'percentage', description, pattern: String.raw`^\d{1,3}(\.\d{1,2})?%$` });
}

const NAME_RULE = 'must begin with a lower-case letter and go on with lower-case letters, digits and dashes, at most 63 in all';

export function name(description: string) {
  return z.string().regex(NAME_PATTERN, NAME_RULE).meta({ title: 'name', description });
}

/** A map whose keys are names of the writer's choice. */
export function named<Value extends z.ZodType>(value: Value, description: string) {
  return z.record(z.string().regex(NAME_PATTERN, NAME_RULE), value).meta({ description });
}

export function wholeNumber(description: string, { min = 1, max = 1_000_000_000 }: { min?: number; max?: number } = {}) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.number(message).int(message).min(min, message).max(max, message).meta({ title: 'whole number', description });
}

/** Text without line breaks and other control characters. */
export function text(description: string, { max = 1_000 }: { max?: number } = {}) {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters long`)
    .refine((value) => !/\p{Cc}/u.test(value), 'must not have control characters')
    .meta({ description });
}

/** A program and its arguments: one element stays one argument, and no shell reads them. */
export function command(description: string) {
  return z.array(text('One argument.', { max: 8_192 }), 'must be a list: the program, then each argument').min(1, 'must name a program').max(256).meta({ description });
}

/** An object that must have exactly one of `kinds` among its keys: the key is the kind. */
export function oneKind<Shape extends z.ZodRawShape>(kinds: readonly (keyof Shape & string)[], shape: Shape, description: string) {
  return z
    .strictObject(shape)
    .refine((value) => kindsIn(value, kinds).length < 2, {
      // Said beside other complaints about the same object, not after they have been corrected.
      when: ({ value }) => isObject(value),
      error: ({ input }) => `must have one kind, not ${kindsIn(input, kinds).join(' and ')}`,
    })
    .refine((value) => kindsIn(value, kinds).length > 0, {
      when: ({ value }) => isObject(value),
      error: `must have one of: ${kinds.join(', ')}`,
      params: { missing: true },
    })
    .meta({ description });
}

/** Of a path that would otherwise be that of one host. */
export const sharedPath = z.boolean('must be true or false').optional().meta({ description: 'The path is on a file system that every worker of the site has mounted there. Needed where `singleHost` is not set.' });

/** The name of a secret, never its value. */
export function secretName(description: string) {
  const name = z.string().regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'must be upper-case letters, digits and underscores').meta({ description: 'Name of the secret.' });
  return z.strictObject({ secret: name }).meta({ description });
}

/** A text, or the name of a secret that is read at the moment of use. */
export function textOrSecret(description: string) {
  return z.union([text('The value itself.', { max: 2_048 }), secretName('A secret.')], 'must be a text or {secret: NAME}').meta({ title: 'text or {secret: NAME}', description });
}

function kindsIn(value: unknown, kinds: readonly string[]): string[] {
  return isObject(value) ? kinds.filter((kind) => value[kind] !== undefined) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
