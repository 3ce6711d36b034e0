import { z } from 'zod';
import type { Json } from '../domain/json.js';
import type { Complaint } from '../domain/service/complaint.js';
import type { JsonPath } from '../domain/service/json-pointer.js';
import { isJsonObject } from '../domain/service/merge.js';
import { knownHint } from '../domain/service/nearest.js';

/** How a value that was given is checked: as a whole, or as a part to which other parts are still added, so that nothing is missed in it. */
export type Completeness = 'whole' | 'part';

/**
 * The value with the schema's defaults, or every complaint about it. Unknown keys are told by {@link unknownKeys}, which sees keys that merging
 * removes, too.
 */
export function checkSchema<Schema extends z.ZodType>(schema: Schema, value: Json, completeness: Completeness): { output?: z.output<Schema>; complaints: readonly Complaint[] } {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { output: result.data, complaints: [] };
  const issues = completeness === 'whole' ? result.error.issues : result.error.issues.filter((issue) => !isMissing(issue));
  return { complaints: issues.filter((issue) => issue.code !== 'unrecognized_keys').map(complaintOf) };
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'custom') return issue.params?.['missing'] === true;
  return issue.input === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union');
}

function complaintOf(issue: z.core.$ZodIssue): Complaint {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (isMissing(issue) && issue.code !== 'custom') return { path, message: 'is required' };
  if (issue.code === 'invalid_type') return { path, message: issue.message.startsWith('Invalid') ? `must be ${TYPE_WORDS[issue.expected] ?? issue.expected}` : issue.message };
  if (issue.code === 'invalid_key') return { path, message: issue.issues[0]?.message ?? 'is no valid name' };
  if (issue.code === 'invalid_value') return { path, message: `must be one of: ${issue.values.map(String).join(', ')}`, ...nearestValue(issue) };
  const hint: unknown = issue.code === 'custom' ? issue.params?.['hint'] : undefined;
  return { path, message: issue.message, ...(typeof hint === 'string' && { hint }) };
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object', record: 'an object', array: 'a list',
};

function nearestValue(issue: z.core.$ZodIssueInvalidValue): { hint?: string } {
  const hint = typeof issue.input === 'string' ? knownHint(issue.input, issue.values.map(String)).hint : undefined;
  return hint?.startsWith('did') ? { hint } : {};
}

/**
 * Every key that the schema does not know, wherever it stands, with the nearest known one. Of a union, by the member that is meant: the one that
 * knows most.
 */
export function unknownKeys(schema: unknown, value: Json | undefined, path: JsonPath = []): readonly Complaint[] {
  const known = unwrapped(schema);
  if (known instanceof z.ZodUnion) {
    const members = known.def.options.filter((member) => holds(member, value));
    return fewest(members.map((member) => unknownKeys(member, value, path)));
  }
  if (known instanceof z.ZodArray && Array.isArray(value)) return value.flatMap((inner, index) => unknownKeys(known.element, inner, [...path, index]));
  if (!isJsonObject(value)) return [];
  if (known instanceof z.ZodRecord) return Object.entries(value).flatMap(([key, inner]) => unknownKeys(known.valueType, inner, [...path, key]));
  if (!(known instanceof z.ZodObject)) return [];
  const shape: Readonly<Record<string, unknown>> = known.shape;
  return Object.entries(value).flatMap(([key, inner]): readonly Complaint[] =>
    Object.hasOwn(shape, key)
      ? unknownKeys(shape[key], inner, [...path, key])
      : [{ path: [...path, key], message: 'is not a known key', ...knownHint(key, Object.keys(shape)) }]);
}

/** Whether values of this kind have keys, or parts with keys, that the schema knows. */
function holds(schema: unknown, value: Json | undefined): boolean {
  const known = unwrapped(schema);
  if (known instanceof z.ZodUnion) return known.def.options.some((member) => holds(member, value));
  if (Array.isArray(value)) return known instanceof z.ZodArray;
  return isJsonObject(value) && (known instanceof z.ZodObject || known instanceof z.ZodRecord);
}

/** Of several that complain as much, the one whose complaint guesses what was meant. */
function fewest(ofMembers: readonly (readonly Complaint[])[]): readonly Complaint[] {
  const guesses = (complaints: readonly Complaint[]) => complaints.filter(({ hint }) => hint?.startsWith('did')).length;
  const [best] = ofMembers.toSorted((a, b) => a.length - b.length || guesses(b) - guesses(a));
  return best ?? [];
}

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.def.innerType);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrapped(schema.def.innerType);
  // What is transformed is given as it was before.
  return schema instanceof z.ZodPipe ? unwrapped(schema.def.in) : schema;
}
