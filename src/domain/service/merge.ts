import type { Json, JsonObject } from '../json.js';

/**
 * `over` laid on `base`: objects merge by key, lists and other values replace, `null` removes.
 *
 * @example merge({ a: { b: 1, c: 2 } }, { a: { c: null, d: 3 } }) // { a: { b: 1, d: 3 } }
 */
export function merge(base: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(withoutNulls(base)));
  for (const [key, value] of Object.entries(over)) {
    if (value === null) merged.delete(key);
    else if (isJsonObject(value)) merged.set(key, merge(objectOr(merged.get(key)), value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is an object, else an empty one. */
export function objectOr(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function withoutNulls(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]): [string, Json] => [key, isJsonObject(inner) ? withoutNulls(inner) : inner]));
}
