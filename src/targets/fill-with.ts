import type { Json, JsonObject } from '../domain/json.js';
import { fillPlaceholders, isPlaceholder, type PlaceholderValues, placeholdersIn } from '../domain/service/placeholders.js';

/**
 * `with` with its placeholders filled in. A key that speaks of something that has no value in this call (a version, when only the status is
 * asked for) is left out: a program sees a value or nothing, never the placeholder.
 *
 * @throws DEFINITION_INVALID for an unknown placeholder
 */
export function fillWith(given: JsonObject, values: PlaceholderValues): JsonObject {
  const known = Object.entries(given).filter(([, value]) => placeholdersWithin(value).every((name) => !isPlaceholder(name) || values[name] !== undefined));
  return Object.fromEntries(known.map(([key, value]) => [key, filled(value, values)]));
}

function filled(value: Json, values: PlaceholderValues): Json {
  if (typeof value === 'string') return fillPlaceholders(value, values);
  if (Array.isArray(value)) return value.map((inner) => filled(inner, values));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, values)]));
}

function placeholdersWithin(value: Json): string[] {
  if (typeof value === 'string') return placeholdersIn(value);
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(placeholdersWithin);
}
