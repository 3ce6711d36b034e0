import { parseDuration } from '../domain/duration.js';
import { SlipwayError } from '../domain/errors.js';
import { parsePercent } from '../domain/share.js';

/** Milliseconds of a duration that has been checked. */
export function ms(text: string): number {
  return parseDuration(text) ?? unchecked(`the duration ${text}`);
}

/** Basis points of a percentage that has been checked. */
export function share(text: string): number {
  return parsePercent(text) ?? unchecked(`the percentage ${text}`);
}

/** What the checks let pass and cannot be converted is a bug. @throws INTERNAL */
export function unchecked(what: string): never {
  throw new SlipwayError('INTERNAL', `A definition passed its checks with ${what}.`);
}
