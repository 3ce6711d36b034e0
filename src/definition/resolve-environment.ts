import { SlipwayError } from '../domain/errors.js';
import type { Json, JsonObject } from '../domain/json.js';
import { type JsonPath, pointerOf, valueAt } from '../domain/service/json-pointer.js';
import { isJsonObject, merge, objectOr } from '../domain/service/merge.js';
import { environmentSchema } from './definition-schema.js';
import { type EnvironmentParts, originOf, partsOf } from './environment-parts.js';

/** Who said so: Slipway's own default, the definition's `defaults`, or the environment itself. */
type Origin = 'default' | 'defaults' | 'environment';

export interface ResolvedView {
  /** Everything that counts for the environment, units as text. */
  readonly value: JsonObject;
  /** By JSON pointer into `value`, for everything that is no object with keys of its own. */
  readonly origins: Readonly<Record<string, Origin>>;
}

/**
 * What counts for one environment of a definition that has been parsed before, and where each key comes from.
 *
 * @throws ENVIRONMENT_NOT_FOUND
 */
export function resolveEnvironment(definition: JsonObject, environment: string): ResolvedView {
  if (valueAt(definition, ['environments', environment]) === undefined) throw new SlipwayError('ENVIRONMENT_NOT_FOUND', `The definition has no environment "${environment}".`);
  const parts = partsOf(definition, environment);
  // Through JSON, as the schema's types do not say that its output is plain.
  const filled = JSON.parse(JSON.stringify(environmentSchema.parse(parts.merged))) as JsonObject;
  const { service } = definition;
  const named = typeof service === 'string' ? merge({ router: { backend: `${service}-${environment}` } }, filled) : filled;
  const value = merge(named, { backups: withoutPresetsOfOthers(objectOr(named['backups'])) });
  return { value, origins: Object.fromEntries(leavesOf(value, []).map((path) => [pointerOf(path), whoSaid(parts, path)])) };
}

/** What counts for a source that is borrowed stands with the service that owns it. */
function withoutPresetsOfOthers(backups: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(backups).map(([name, source]): [string, Json] => {
    const keys = Object.keys(objectOr(source));
    return [name, objectOr(source)['uses'] === undefined ? source : Object.fromEntries(keys.filter((key) => key !== 'uses').map((key) => [key, null]))];
  }));
}

function whoSaid(parts: EnvironmentParts, path: JsonPath): Origin {
  return valueAt(parts.merged, path) === undefined ? 'default' : originOf(parts, path);
}

function leavesOf(value: Json, path: JsonPath): JsonPath[] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}
