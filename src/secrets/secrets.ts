import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../domain/errors.js';
import { errnoOf } from '../net/errno.js';

/** Where values live that no definition, record or workflow input may hold. */
export interface Secrets {
  /**
   * The value at this moment, so that a rotated one is seen at the next use. Never log it.
   *
   * @throws SECRET_MISSING when there is none, it is empty, cannot be read, or the name is none.
   */
  resolve(name: string): Promise<string>;
}

export interface SecretsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One file a secret, named like it. The environment goes first. */
  readonly folder?: string;
}

const SECRET_NAME_PATTERN = /^[A-Z][A-Z0-9_]*$/;

/** Secrets from `SLIPWAY_SECRET_<NAME>` and the files of a folder. */
export function createSecrets({ env, folder }: SecretsOptions): Secrets {
  return {
    async resolve(name) {
      if (!SECRET_NAME_PATTERN.test(name)) throw missing(name, 'a name is upper case letters, digits and underscores, a letter first');
      const variable = `SLIPWAY_SECRET_${name}`;
      const value = env[variable] ?? (folder === undefined ? undefined : await fromFile(folder, name));
      if (value === undefined) throw missing(name, `neither ${variable} nor a file in the secrets folder has it`);
      if (value === '') throw missing(name, 'it is there, but empty');
      return value;
    },
  };
}

/** Without the newline that editors leave at the end. */
async function fromFile(folder: string, name: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, name), 'utf8')).replace(/\r?\n$/, '');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw missing(name, 'its file in the secrets folder cannot be read', error);
  }
}

function missing(name: string, why: string, cause?: unknown): SlipwayError {
  return new SlipwayError('SECRET_MISSING', `The secret ${name} cannot be used: ${why}.`, { cause });
}
