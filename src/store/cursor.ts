import { SlipwayError } from '../domain/errors.js';
import type { Page, PageRequest } from './stores.js';

type Position = readonly (string | number)[];

/** The page of `rows`, of which one more than the limit was read; `positionOf` says where a row stands in the list's order. */
export function pageOf<T>(rows: readonly T[], limit: number, positionOf: (row: T) => Position): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? encode(positionOf(last)) : null };
}

/**
 * Where the page begins: after this position. Each part has the type of the example given.
 *
 * @throws INVALID_REQUEST when the cursor did not come from this list.
 */
export function cursorOf<T extends Position>(page: PageRequest, shape: T): T | undefined {
  if (page.cursor === undefined) return undefined;
  const position = decode(page.cursor);
  if (fits(position, shape)) return position;
  throw new SlipwayError('INVALID_REQUEST', 'The cursor is not one that this list gave; start again without it.', {
    problems: [{ path: '/cursor', message: 'not a cursor of this list' }],
  });
}

function encode(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function fits<T extends Position>(position: unknown, shape: T): position is T {
  return Array.isArray(position) && position.length === shape.length && shape.every((part, index) => typeof part === typeof position[index]);
}
