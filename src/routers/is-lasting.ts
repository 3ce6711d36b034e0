import { type ErrorCode, ERRORS } from '../domain/errors.js';

/** Whether asking the instance again cannot help: it does not know the backend, or holds a stranger's entry. */
export function isLasting({ code }: { readonly code: ErrorCode }): boolean {
  return !ERRORS[code].retryable;
}
