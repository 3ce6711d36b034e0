import type { Actor } from '../domain/actor.js';
import type { AppDeps } from './deps.js';

/** One key may serve several kinds of message of several people: each is a message of its own. */
export function messageId(
  { newId }: Pick<AppDeps, 'newId'>, { kind, by, idempotencyKey }: { readonly kind: string; readonly by: Actor; readonly idempotencyKey: string | undefined },
): string {
  return idempotencyKey === undefined ? newId() : `${kind}/${by.name}/${idempotencyKey}`;
}
