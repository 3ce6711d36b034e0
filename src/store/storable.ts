import type { Json } from '../domain/json.js';

/**
 * Plain JSON as PostgreSQL can keep it: undefined keys are gone, and NUL and lone surrogates, which it refuses, are U+FFFD.
 * A program's output lands in events; one odd byte in it must not make an event unwritable for ever.
 */
export function storable<T>(value: T): T {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  // Only characters within strings differ from what came in.
  return clean(plain as Json) as T;
}

/** The same for one text. */
export function storableText(text: string): string {
  return Buffer.from(text.replaceAll('\0', '\uFFFD')).toString();
}

function clean(value: Json): Json {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]): [string, Json] => [storableText(key), clean(inner)]));
}
