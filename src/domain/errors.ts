import { ERRORS, type ErrorCode } from './error-registry.js';

/** One complaint about one place of an input. */
export interface Problem {
  /** `/environments/production/strategy/canary/0/traffic`, a JSON pointer. */
  readonly path: string;
  readonly message: string;
  /** The nearest known key, or what would be right. */
  readonly hint?: string;
}

/**
 * Everything that Slipway refuses or fails at. `message` says what happened and why, in terms of this case; the registry says what to do.
 */
export class SlipwayError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];
  /** What a program needs to go on with, by name: `deployment` of the one that is live. */
  readonly details: Readonly<Record<string, string>>;
  /** How long whoever failed asked us to wait, where it did. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message?: string, options: { problems?: readonly Problem[]; details?: Readonly<Record<string, string>>; cause?: unknown; retryAfterMs?: number } = {}) {
    super(message ?? ERRORS[code].title, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'SlipwayError';
    this.code = code;
    this.problems = options.problems ?? [];
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details ?? {};
  }
}

/** By shape, not by class: `instanceof` does not hold across the realms of a sandbox or a test runner. */
export function isSlipwayError(error: unknown): error is SlipwayError {
  return error instanceof Error && error.name === 'SlipwayError' && 'code' in error && isErrorCode(error.code);
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

/** The code of anything thrown; what nobody foresaw is `INTERNAL`. */
export function codeOf(error: unknown): ErrorCode {
  return isSlipwayError(error) ? error.code : 'INTERNAL';
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export { ERRORS, type ErrorCode } from './error-registry.js';
