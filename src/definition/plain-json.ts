import type { Json } from '../domain/json.js';
import type { Complaint } from '../domain/service/complaint.js';
import type { JsonPath } from '../domain/service/json-pointer.js';

const DEEPEST = 32;
const LONGEST_TEXT = 16_384;
const MOST_PROBLEMS = 100;

/** The value as plain JSON, or what in it is none. Holds against anything: functions, cycles, getters that throw, `__proto__`. */
export function plainJson(input: unknown): { value: Json; complaints: readonly Complaint[] } {
  const complaints: Complaint[] = [];
  const complain = (path: JsonPath, message: string): null => {
    if (complaints.length < MOST_PROBLEMS) complaints.push({ path, message });
    return null;
  };
  const copy = (value: unknown, path: JsonPath): Json => {
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return value.length <= LONGEST_TEXT ? value : complain(path, `is longer than ${LONGEST_TEXT} characters`);
    if (typeof value === 'number') return Number.isFinite(value) ? value : complain(path, 'must be a finite number');
    if (typeof value !== 'object') return complain(path, `must be JSON, not ${typeof value}`);
    if (path.length >= DEEPEST) return complain(path, `is nested deeper than ${DEEPEST} levels`);
    if (Array.isArray(value)) return Array.from(value, (inner: unknown, index) => copy(inner, [...path, index]));
    if (!isPlain(value)) return complain(path, 'must be a plain object');
    return Object.fromEntries(Object.entries(value).map(([key, inner]: [string, unknown]): [string, Json] => [key, copyKey(key, inner, path)]));
  };
  const copyKey = (key: string, inner: unknown, path: JsonPath): Json =>
    key === '__proto__' ? complain([...path, key], 'may not be used as a key') : copy(inner, [...path, key]);
  try {
    return { value: copy(input, []), complaints };
  } catch {
    return { value: null, complaints: [{ path: [], message: 'cannot be read' }] };
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
