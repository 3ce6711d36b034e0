import type { z } from 'zod';
import { parseYamlOrJson } from '../definition/parse-yaml-or-json.js';
import { type Problem, SlipwayError } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { pointerOf } from '../domain/service/json-pointer.js';
import { checkSchema, unknownKeys } from '../definition/schema-problems.js';

/** Where in a request a value stands; the prefix of the paths in problems. The body's paths have none. */
export type InputPart = 'path' | 'query' | 'header' | 'body';

export interface PartProblems { readonly problems: readonly Problem[] }

/** The part as its schema understands it, or every problem with it. */
export function readPart<Schema extends z.ZodType>(schema: Schema, value: unknown, part: InputPart): { readonly output: z.output<Schema> } | PartProblems {
  // What a request holds is text, or came out of a JSON or YAML reader: it is JSON.
  const json = value as Json;
  const { output, complaints } = checkSchema(schema, json, 'whole');
  const unknown = part === 'header' ? [] : unknownKeys(schema, json);
  const prefix = part === 'body' ? '' : `/${part}`;
  const problems = [...complaints, ...unknown].map(({ path, message, hint }): Problem => ({ path: prefix + pointerOf(path), message, ...(hint !== undefined && { hint }) }));
  // Output is there whenever nothing is wrong.
  return problems.length > 0 ? { problems } : { output: output as z.output<Schema> };
}

/** @throws MALFORMED_BODY, UNSUPPORTED_MEDIA_TYPE */
export function readBody(text: unknown, contentType: string | undefined, formats: 'json' | 'json-or-yaml'): unknown {
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  const type = (contentType ?? '').toLowerCase();
  const isJson = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/.test(type);
  const isYaml = /^(?:application|text)\/(?:x-)?yaml\s*(?:;|$)/.test(type);
  if (!isJson && !(isYaml && formats === 'json-or-yaml')) {
    throw new SlipwayError('UNSUPPORTED_MEDIA_TYPE', type === '' ? 'The body has no `Content-Type`.' : `The content type ${type.slice(0, 100)} is not taken here.`);
  }
  return parseYamlOrJson(text, isJson ? 'application/json' : 'application/yaml');
}
