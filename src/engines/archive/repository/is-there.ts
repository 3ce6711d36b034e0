import { access } from 'node:fs/promises';
import { inRepository, isMissing } from './faults.js';

/** @throws REPOSITORY_UNREACHABLE when that cannot be told */
export function isThere(path: string): Promise<boolean> {
  return inRepository(() => access(path).then(() => true, (error: unknown) => {
    if (isMissing(error)) return false;
    throw error;
  }));
}
