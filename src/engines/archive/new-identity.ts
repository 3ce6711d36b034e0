import { generateX25519Identity } from 'age-encryption';

/** A new secret key for a repository, as a line of an `age` identity file. Whoever loses it loses every backup made with it. */
export function newIdentity(): Promise<string> {
  return generateX25519Identity();
}
