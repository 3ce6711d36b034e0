import type { Json } from '../json.js';
import { isJsonObject } from './merge.js';

export type JsonPath = readonly (string | number)[];

/** @example pointerOf(['environments', 'a/b', 0]) // '/environments/a~1b/0' */
export function pointerOf(path: JsonPath): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What stands at the path. @returns undefined where nothing does. */
export function valueAt(value: Json | undefined, path: JsonPath): Json | undefined {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value)) return typeof first === 'number' ? valueAt(value[first], rest) : undefined;
  if (!isJsonObject(value) || !Object.hasOwn(value, first)) return undefined;
  return valueAt(value[first], rest);
}
