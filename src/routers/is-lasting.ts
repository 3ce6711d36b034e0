import { ERRORS } from '../domain/errors.js';
import type { Unreachable } from './router.js';

/** Whether asking the instance again cannot help: it does not know the backend, or holds a stranger's entry. */
export function isLasting({ code }: Unreachable): boolean {
  return !ERRORS[code].retryable;
}
