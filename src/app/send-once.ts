import type { Actor } from '../domain/actor.js';
import { codeOf, type ErrorCode, ERRORS, isSlipwayError, SlipwayError } from '../domain/errors.js';
import type { AppDeps } from './deps.js';

/** A message to a live run. */
export interface Message {
  readonly kind: string;
  readonly by: Actor;
  /** @default a new one each time */
  readonly idempotencyKey: string | undefined;
}

export interface Run<Answer> {
  /** Idempotent by the message's id. @throws `ended` when there is nobody to tell any more */
  readonly send: (id: string) => Promise<Answer>;
  /** The answer of a run that took the message before it ended; undefined when it did not. */
  readonly takenBefore: (id: string) => Promise<Answer | undefined>;
  readonly ended: ErrorCode;
}

/**
 * Sends a message that takes effect once, however often it is repeated with its key: also after the end of the run, the answer says what became
 * of it. A failure that may be repeated names the key to do it with.
 *
 * @throws what `send` throws
 */
export async function sendOnce<Answer>({ newId }: Pick<AppDeps, 'newId'>, message: Message, run: Run<Answer>): Promise<Answer> {
  const { kind, by, idempotencyKey } = message;
  const key = idempotencyKey ?? newId();
  // One key may serve several kinds of message of several people: each is a message of its own.
  const id = `${kind}/${by.name}/${key}`;
  try {
    return await run.send(id);
  } catch (error) {
    const answer = codeOf(error) === run.ended && idempotencyKey !== undefined ? await run.takenBefore(id) : undefined;
    if (answer !== undefined) return answer;
    throw withKey(error, key);
  }
}

function withKey(error: unknown, idempotencyKey: string): unknown {
  if (!isSlipwayError(error) || !ERRORS[error.code].retryable) return error;
  const { code, message, problems, details, cause, retryAfterMs } = error;
  const more = { problems, cause, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  return new SlipwayError(code, message, { ...more, details: { ...details, idempotencyKey } });
}
