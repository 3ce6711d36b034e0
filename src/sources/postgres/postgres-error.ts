import { type ErrorCode, isSlipwayError, messageOf, SlipwayError } from '../../domain/errors.js';

const BY_STATE: Readonly<Record<string, ErrorCode>> = {
  '28P01': 'SOURCE_REFUSED', '28000': 'SOURCE_REFUSED', '42501': 'SOURCE_REFUSED', '3D000': 'SOURCE_MISSING', '53100': 'STAGING_FULL',
  '53300': 'SOURCE_UNREACHABLE', '55000': 'SOURCE_UNREACHABLE', '57P01': 'SOURCE_UNREACHABLE', '57P02': 'SOURCE_UNREACHABLE', '57P03': 'SOURCE_UNREACHABLE',
  '57P05': 'SOURCE_UNREACHABLE', '25P03': 'SOURCE_UNREACHABLE',
};
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT']);

/** SQLSTATE of what the server said, or the errno of what became of the connection. By shape: the platform's errors are of another realm in a test runner. */
export function stateOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** @param where for the text: what was asked of whom. @param otherwise of what the server says about the work itself. */
export function postgresError(error: unknown, where: string, otherwise: ErrorCode): SlipwayError {
  if (isSlipwayError(error)) return error;
  const said = messageOf(error) || stateOf(error) || 'it said nothing';
  return new SlipwayError(codeFor(error, otherwise), `PostgreSQL failed, ${where}: ${said}${UNENCRYPTED.test(said) ? UNENCRYPTED_HINT : ''}`, { cause: error });
}

/** As servers say that they want encryption: PostgreSQL's own words, and those of services that offer it. */
const UNENCRYPTED = /no encryption|SSL off|SSL connection is required/i;
const UNENCRYPTED_HINT = '. The server asks for encryption: give the address ?sslmode=require, or verify-full with sslrootcert';

function codeFor(error: unknown, otherwise: ErrorCode): ErrorCode {
  const state = stateOf(error);
  if (state === undefined) return withoutState(messageOf(error));
  if (NETWORK.has(state) || state.startsWith('08')) return 'SOURCE_UNREACHABLE';
  if (/^[A-Z0-9]{5}$/.test(state)) return BY_STATE[state] ?? otherwise;
  // What is left are refusals of TLS: DEPTH_ZERO_SELF_SIGNED_CERT and its like.
  return 'SOURCE_REFUSED';
}

/** The driver's own complaints: about authentication and encryption, else about a connection that ended. */
function withoutState(message: string): ErrorCode {
  return /SASL|SCRAM|SSL|password/i.test(message) ? 'SOURCE_REFUSED' : 'SOURCE_UNREACHABLE';
}
