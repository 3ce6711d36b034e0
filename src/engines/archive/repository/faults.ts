import { messageOf, SlipwayError } from '../../../domain/errors.js';
import { errnoOf } from '../../../net/errno.js';

const FULL: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT'];

export function isFull(error: unknown): boolean {
  return FULL.includes(errnoOf(error));
}

export function isMissing(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT';
}

/** What the system said about a file of the repository, as an error of ours; anything else as it is. */
export function repositoryFault(error: unknown): unknown {
  if (isFull(error)) return new SlipwayError('REPOSITORY_FULL', `The repository has no room left: ${messageOf(error)}.`, { cause: error });
  if (errnoOf(error) === undefined) return error;
  return new SlipwayError('REPOSITORY_UNREACHABLE', `A file of the repository cannot be used: ${messageOf(error)}.`, { cause: error });
}

/** @throws REPOSITORY_FULL, REPOSITORY_UNREACHABLE */
export async function inRepository<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw repositoryFault(error);
  }
}
