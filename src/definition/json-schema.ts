import { z } from 'zod';
import type { Json, JsonObject } from '../domain/json.js';
import { isJsonObject } from '../domain/service/merge.js';
import { definitionSchema } from './definition-schema.js';

/** JSON Schema (draft 2020-12) of a team's definition as it may be written: an environment may leave out what the defaults have, and `null` removes. */
export function definitionJsonSchema(): JsonObject {
  const schema = jsonSchemaOf(definitionSchema, { id: '/schemas/service.json', title: 'Definition of a service' });
  const { defaults, environments, ...others } = objectAt(schema, 'properties');
  const each = objectAt(environments, 'additionalProperties');
  return {
    ...schema,
    properties: {
      ...others,
      ...(isJsonObject(defaults) && { defaults: asPart(defaults) }),
      ...(isJsonObject(environments) && { environments: { ...environments, additionalProperties: asPart(each) } }),
    },
  };
}

/** The schema of anything that is written in YAML or JSON. */
export function jsonSchemaOf(schema: z.ZodType, named: { id: string; title: string }): JsonObject {
  // Through JSON, as the library's type does not say that a schema is plain.
  const { $schema, ...rest } = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))) as JsonObject;
  return { ...($schema !== undefined && { $schema }), $id: named.id, ...rest, title: named.title };
}

/** The schema of an object to be merged: no key is required, any may be null. */
function asPart(schema: JsonObject): JsonObject {
  const { required: _, ...part } = schema;
  const { properties, additionalProperties } = part;
  return {
    ...part,
    ...(isJsonObject(properties) && { properties: eachNullable(properties) }),
    ...(isJsonObject(additionalProperties) && { additionalProperties: nullable(additionalProperties) }),
  };
}

function eachNullable(properties: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([key, schema]) => [key, nullable(schema)]));
}

/** The notes stay outside, where editors look for them. */
function nullable(schema: Json): Json {
  if (!isJsonObject(schema) || Object.keys(schema).length === 0) return schema;
  const { title, description, default: preset, ...rest } = asPart(schema);
  return {
    ...(title !== undefined && { title }), ...(description !== undefined && { description }), ...(preset !== undefined && { default: preset }),
    anyOf: [rest, { type: 'null' }],
  };
}

function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = isJsonObject(value) ? value[key] : undefined;
  return isJsonObject(inner) ? inner : {};
}
