import { type ErrorCode, isSlipwayError, messageOf, SlipwayError } from '../../domain/errors.js';
import { errnoOf } from '../../net/errno.js';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'SOURCE_MISSING', ENOTDIR: 'SOURCE_MISSING',
  EACCES: 'SOURCE_REFUSED', EPERM: 'SOURCE_REFUSED', EROFS: 'SOURCE_REFUSED',
  ENOSPC: 'STAGING_FULL', EDQUOT: 'STAGING_FULL',
  EIO: 'SOURCE_UNREACHABLE', ESTALE: 'SOURCE_UNREACHABLE', ETIMEDOUT: 'SOURCE_UNREACHABLE', EMFILE: 'SOURCE_UNREACHABLE', ENFILE: 'SOURCE_UNREACHABLE',
};

/** What the file system said, as one of our errors; `otherwise` where its word has no code of its own. Errors of ours, and aborts, stay. */
export function fileFault(error: unknown, doing: string, otherwise: ErrorCode): unknown {
  const errno = errnoOf(error);
  if (isSlipwayError(error) || errno === undefined) return error;
  return new SlipwayError(CODES[errno] ?? otherwise, `${doing} failed: ${messageOf(error)}.`, { cause: error });
}

/** Runs `work`, with the file system's errors as ours. */
export async function withFileFaults<T>(doing: string, otherwise: ErrorCode, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileFault(error, doing, otherwise);
  }
}
