import type { Json, JsonObject } from '../domain/json.js';
import { isJsonObject, objectOr } from '../domain/service/merge.js';

/** One key of a schema, as a reference shows it. */
export interface SchemaRow {
  /** `health.<name>.http.path`, `canary[].traffic`. */
  readonly path: string;
  readonly type: string;
  /** As it would be written; undefined where the key has none. */
  readonly preset: string | undefined;
  readonly required: boolean;
  readonly description: string;
}

/** Every key below an object schema, in its order. */
export function schemaRows(schema: JsonObject, prefix = ''): readonly SchemaRow[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(objectOr(schema['properties'])).flatMap(([key, inner]) => {
    const property = objectOr(inner);
    const path = `${prefix}${key}`;
    return [rowOf(property, { path, required: required.includes(key) }), ...rowsBelow(property, path)];
  });
}

function rowsBelow(schema: JsonObject, path: string): readonly SchemaRow[] {
  if (isJsonObject(schema['properties'])) return schemaRows(schema, `${path}.`);
  const each = schema['additionalProperties'];
  if (isJsonObject(each)) return rowsBelow(each, `${path}.<name>`);
  return isJsonObject(schema['items']) ? rowsBelow(schema['items'], `${path}[]`) : [];
}

function rowOf(schema: JsonObject, { path, required }: { path: string; required: boolean }): SchemaRow {
  const preset = schema['default'];
  // An empty object only says that the keys below have defaults of their own.
  const shown = preset === undefined || JSON.stringify(preset) === '{}' ? undefined : textOf(preset);
  return { path, type: typeOf(schema), preset: shown, required, description: textOf(schema['description'] ?? '') };
}

function typeOf(schema: JsonObject): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => `\`${textOf(value)}\``).join(', ');
  if (typeof schema['title'] === 'string') return schema['title'];
  if (schema['type'] === 'array') return `list of ${typeOf(objectOr(schema['items']))}`;
  if (schema['type'] === 'object') return schema['properties'] ? 'object' : 'map';
  return schema['type'] === 'boolean' ? '`true`, `false`' : 'text';
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
