import { isSlipwayError, SlipwayError } from '../../domain/errors.js';

/** SQLSTATEs of a database that is away, overloaded or too slow; a class is two letters. */
const AWAY = ['08', '53', '57', '58', '55P03', '55000', '40', '25P03', '25006', '3D000', '28'];

/** What the driver says without a SQLSTATE: it has no codes of its own for these. */
const AWAY_TEXT = /timeout|terminated|connection|ended|closed|not queryable/i;

const AWAY_NET = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'];

/** Anything a query threw, as the stores throw it: refusals as they are, a database that is away as DATABASE_UNAVAILABLE, a bug as itself. */
export function storeError(error: unknown): Error {
  if (isSlipwayError(error)) return error;
  const cause = innermost(error);
  if (!isAway(cause)) {
    // Not the query builder's own message: that one quotes all parameters, secrets included.
    return new Error(`The database refused a statement: ${messageOf(cause)}`, { cause });
  }
  return new SlipwayError('DATABASE_UNAVAILABLE', `The database does not answer: ${messageOf(cause) || codeOf(cause)}.`, { cause });
}

function innermost(error: unknown): unknown {
  const cause = field(error, 'cause');
  return cause === undefined ? error : innermost(cause);
}

function isAway(error: unknown): boolean {
  const code = codeOf(error);
  if (AWAY_NET.includes(code)) return true;
  if (/^[0-9A-Z]{5}$/.test(code)) return AWAY.some((known) => code.startsWith(known));
  return AWAY_TEXT.test(messageOf(error));
}

function codeOf(error: unknown): string {
  // A host with several addresses fails with all of their errors at once.
  const errors = field(error, 'errors');
  const code = field(Array.isArray(errors) ? errors[0] : error, 'code');
  return typeof code === 'string' ? code : '';
}

function messageOf(error: unknown): string {
  const message = field(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

/** By shape: errors of Node itself come from another realm under a test runner, where `instanceof` does not hold. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value as unknown : undefined;
}
