import { canonicalJson, type Json } from '../json.js';
import { type JsonPath, pointerOf } from './json-pointer.js';
import { isJsonObject } from './merge.js';

/** One place where two definitions differ. A side that has nothing there has no key. */
export interface Difference {
  /** A JSON pointer. */
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** What changes from `before` to `after`: objects are compared key by key, lists step by step, in the order of the keys. */
export function differenceOf(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  return differences(before, after, []);
}

function differences(before: Json | undefined, after: Json | undefined, path: JsonPath): Difference[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    return keys.flatMap((key) => differences(own(before, key), own(after, key), [...path, key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const longer = before.length > after.length ? before : after;
    return longer.flatMap((_, index) => differences(before[index], after[index], [...path, index]));
  }
  if (same(before, after)) return [];
  return [{ path: pointerOf(path), ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
}

function own(value: { [key: string]: Json }, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return canonicalJson(a) === canonicalJson(b);
}
