import { ERRORS, type ErrorCode, isSlipwayError, type Problem, SlipwayError } from '../domain/errors.js';

export const PROBLEM_TYPE = 'application/problem+json';

/** RFC 9457. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: ErrorCode;
  readonly requestId: string;
  /** What to do. */
  readonly fix: string;
  readonly retryable: boolean;
  readonly errors: readonly Problem[];
}

export function problemOf(error: SlipwayError, request: { readonly url: string; readonly id: string }): ProblemBody & Record<string, unknown> {
  const { status, title, fix, retryable } = ERRORS[error.code];
  return {
    ...error.details,
    type: `/errors/${error.code}`, title, status, detail: error.message, instance: request.url, code: error.code, requestId: request.id, fix, retryable,
    errors: error.problems,
  };
}

/** Whatever was thrown, as one of ours. What nobody foresaw keeps its text to the log: it may hold anything. */
export function slipwayErrorOf(error: unknown): SlipwayError {
  if (isSlipwayError(error)) return error;
  const code = codeOfHttpError(error);
  return code ? new SlipwayError(code, undefined, { cause: error }) : new SlipwayError('INTERNAL', 'The request failed unexpectedly.', { cause: error });
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  'entity.too.large': 'BODY_TOO_LARGE',
  'encoding.unsupported': 'UNSUPPORTED_MEDIA_TYPE',
  'charset.unsupported': 'UNSUPPORTED_MEDIA_TYPE',
};

/** What Express and its body reader complain about: they mark their errors with a status, and some with a type. */
function codeOfHttpError(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error)) return undefined;
  const type = 'type' in error && typeof error.type === 'string' ? CODES[error.type] : undefined;
  if (type) return type;
  return 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? 'INVALID_REQUEST' : undefined;
}
