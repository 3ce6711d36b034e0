import { type ErrorCode, SlipwayError } from '../../domain/errors.js';
import { causes, complaints } from './restic-output.js';

/** What a run of restic that did not end well said. */
export interface ResticRun {
  readonly exitCode: number;
  readonly stderr: string;
}

const SAID_LENGTH = 2_000;

/** restic's own exit codes since 0.17; it says that unknown ones are failures too. */
const BY_EXIT_CODE: Readonly<Record<number, ErrorCode>> = { 10: 'REPOSITORY_UNREACHABLE', 11: 'REPOSITORY_LOCKED', 12: 'REPOSITORY_PASSWORD_WRONG' };

const FULL = /no space left on device|disk quota exceeded|QuotaExceeded|InsufficientStorage|insufficient storage|XMinioStorageFull/i;
const AWAY = new RegExp([
  'dial tcp', 'no such host', 'connection (?:refused|reset|timed out)', 'network is unreachable', 'i/o timeout', 'TLS handshake', 'x509:', 'no route to host',
  'context deadline exceeded', 'SlowDown', 'Service ?Unavailable', 'Bad Gateway', 'Gateway Time-?out', 'Internal ?Server ?Error',
  'Access ?Denied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch', 'Permission denied', 'unable to start the sftp session', 'error talking to the (?:server|backend)', 'mkdir [^:]*: (?:no such file or directory|not a directory)',
  'broken pipe', 'Host key verification failed', 'transport endpoint is not connected', 'stale (?:NFS )?file handle', 'read-only file system',
].join('|'), 'i');

/** What the runtime of Go ends with, when it gets no more memory say. */
const CRASHED = 2;
/** From here on a shell, or who runs programs, counts those that could not be run and those that a signal ended. */
const FIRST_OF_A_SHELL = 126;

/** Whether it crashed or was ended from outside. */
export function died({ exitCode }: Pick<ResticRun, 'exitCode'>): boolean {
  return exitCode === CRASHED || exitCode >= FIRST_OF_A_SHELL;
}

/** What is wrong beside the backup, with the destination or with restic itself, as far as its exit code and words tell; undefined: nothing that is known. */
export function faultBeside({ exitCode, stderr }: ResticRun): ErrorCode | undefined {
  const byCode = BY_EXIT_CODE[exitCode];
  if (byCode) return byCode;
  if (died({ exitCode })) return 'ENGINE_DIED';
  const said = causes(stderr).join('\n');
  if (FULL.test(said)) return 'REPOSITORY_FULL';
  return AWAY.test(said) ? 'REPOSITORY_UNREACHABLE' : undefined;
}

/** @param redact takes what must not be seen out of restic's words. */
export function failureOf(what: string, run: ResticRun, redact: (text: string) => string): SlipwayError {
  return new SlipwayError(faultBeside(run) ?? 'ENGINE_FAILED', `${what}: restic ended with exit code ${run.exitCode}. ${saidOf(run, redact)}`);
}

const REFUSED = /permission denied|access denied|read-only file system/i;

/** Whether it did not even begin, as it could not write its lock. */
export function lockRefused({ stderr }: ResticRun): boolean {
  return causes(stderr).some((text) => text.includes('unable to create lock in backend') && (FULL.test(text) || REFUSED.test(text)));
}

/** Whether it failed without a word, which is evidence of nothing. */
export function saidNothing({ stderr }: ResticRun): boolean {
  return complaints(stderr).length === 0;
}

/** The end of what it said, for a message. */
export function saidOf({ stderr }: ResticRun, redact: (text: string) => string): string {
  const said = redact(complaints(stderr).join('; ')).slice(-SAID_LENGTH);
  return said === '' ? 'It said nothing.' : `It said: ${said}`;
}
