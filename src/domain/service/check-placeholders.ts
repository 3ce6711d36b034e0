import type { Json } from '../json.js';
import type { Complaint } from './complaint.js';
import type { JsonPath } from './json-pointer.js';
import { isJsonObject } from './merge.js';
import { knownHint } from './nearest.js';

const PLACEHOLDERS: readonly string[] = ['service', 'environment', 'slot', 'version', 'deployment', 'instance', 'port'];

/** Every `${...}` must name something that is known when it is used; `$${` is a literal `${`. */
export function checkPlaceholders(value: Json, path: JsonPath = []): readonly Complaint[] {
  if (typeof value === 'string') return complaintsAbout(value, path);
  if (Array.isArray(value)) return value.flatMap((inner, index) => checkPlaceholders(inner, [...path, index]));
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, inner]) => checkPlaceholders(inner, [...path, key]));
  return [];
}

function complaintsAbout(text: string, path: JsonPath): Complaint[] {
  const found = [...text.matchAll(/\$?\$\{([^}]*)(\}?)/g)].filter(([whole]) => !whole.startsWith('$$'));
  return found.flatMap(([, name = '', end]) => {
    if (end === '') return [{ path, message: 'has a placeholder without its closing brace', hint: 'write $${ for a literal ${' }];
    if (PLACEHOLDERS.includes(name)) return [];
    return [{ path, message: `has an unknown placeholder "\${${name.slice(0, 60)}}"`, ...knownHint(name, PLACEHOLDERS) }];
  });
}
