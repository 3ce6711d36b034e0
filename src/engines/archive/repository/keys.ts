import { identityToRecipient } from 'age-encryption';
import { messageOf, SlipwayError } from '../../../domain/errors.js';
import { BrokenArchive } from '../format/broken-archive.js';
import { seal, unseal } from '../format/seal.js';
import type { KeyTexts } from '../protocol.js';

/** `age` keys that are known to fit: what is encrypted for the recipients can be opened by the identities. */
export interface Keys {
  readonly identities: readonly string[];
  readonly recipients: readonly string[];
}

/** @throws REPOSITORY_PASSWORD_WRONG, which never tells what the secret holds */
export async function readKeys({ identity, recipients }: KeyTexts): Promise<Keys> {
  const identities = identity.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const [first] = identities;
  if (first === undefined) throw wrong('the identity is empty');
  const own = recipients.length > 0 ? recipients : [await recipientOf(first)];
  const keys = { identities, recipients: own };
  await prove(keys);
  return keys;
}

/** A mistake here would show only when a backup is needed. */
async function prove({ identities, recipients }: Keys): Promise<void> {
  try {
    for await (const _ of unseal(seal(nothing(), recipients), identities)) { /* opening it is the proof */ }
  } catch (error) {
    throw error instanceof BrokenArchive ? wrong('none of the recipients is that of the identity, so what is stored could not be read back') : wrong(`a recipient or identity is not one of age: ${messageOf(error)}`);
  }
}

async function recipientOf(identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity);
  } catch (error) {
    throw wrong(`the identity is not one of age, which begin with AGE-SECRET-KEY-1: ${messageOf(error)}`);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array();
}

function wrong(why: string): SlipwayError {
  return new SlipwayError('REPOSITORY_PASSWORD_WRONG', `The keys of the repository cannot be used: ${why}.`);
}
