import type { Part } from './proportions.js';
import type { Traffic } from './traffic.js';

/**
 * The answers with a status of 400 to 499 of all that servers gave. What the router itself answered, or a client did not wait for, is no part
 * of it.
 */
export function clientErrorPart({ headed, clientErrors }: Pick<Traffic, 'headed' | 'clientErrors'>): Part {
  return { hits: clientErrors, of: headed };
}
