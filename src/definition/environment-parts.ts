import type { JsonObject } from '../domain/json.js';
import { type JsonPath, valueAt } from '../domain/service/json-pointer.js';
import { merge, objectOr } from '../domain/service/merge.js';

/** One environment of a definition as its writer left it: the defaults, what it says itself, and the two merged. */
export interface EnvironmentParts {
  readonly name: string;
  readonly defaults: JsonObject;
  readonly own: JsonObject;
  readonly merged: JsonObject;
}

export function partsOf(definition: JsonObject, name: string): EnvironmentParts {
  const defaults = objectOr(definition['defaults']);
  const own = objectOr(valueAt(definition, ['environments', name]));
  return { name, defaults, own, merged: merge(defaults, own) };
}

/** Where in the definition a place of the merged environment was written; for what is written nowhere, where it would be. */
export function writtenAt(parts: EnvironmentParts, path: JsonPath): JsonPath {
  return originOf(parts, path) === 'defaults' ? ['defaults', ...path] : ['environments', parts.name, ...path];
}

/** Whose word counts at a place of the merged environment: for what nobody wrote, that of the object around it. */
export function originOf(parts: EnvironmentParts, path: JsonPath): 'defaults' | 'environment' {
  if (valueAt(parts.own, path) !== undefined || path.length === 0) return 'environment';
  if (valueAt(parts.defaults, path) !== undefined && valueAt(parts.merged, path) !== undefined) return 'defaults';
  return originOf(parts, path.slice(0, -1));
}
