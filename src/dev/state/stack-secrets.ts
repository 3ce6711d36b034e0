import { randomBytes } from 'node:crypto';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { newIdentity } from '../../engines/archive/new-identity.js';
import type { StateFolder } from './state-folder.js';

export interface StackSecrets {
  /** Opens the API: `Authorization: Bearer …`. */
  readonly adminKey: string;
  /** Opens the router's admin interface. */
  readonly routerToken: string;
  /** An identity of age: reads the backups. */
  readonly backupIdentity: string;
}

/** Those of the start before, or new ones; readable by the owner only. */
export async function stackSecrets(state: StateFolder): Promise<StackSecrets> {
  const [adminKey, routerToken, backupIdentity] = await Promise.all([
    keptSecret(state.adminKey, () => randomSecret('slp_')), keptSecret(state.routerToken, () => randomSecret('rtr_')), keptSecret(state.backupIdentity, newIdentity),
  ]);
  return { adminKey, routerToken, backupIdentity };
}

function randomSecret(prefix: string): string {
  return `${prefix}${randomBytes(24).toString('base64url')}`;
}

async function keptSecret(file: string, create: () => string | Promise<string>): Promise<string> {
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (kept !== '') {
    await chmod(file, 0o600);
    return kept;
  }
  const secret = await create();
  // Renamed into its place: whoever reads meanwhile sees all of it or nothing.
  await writeFile(`${file}.new`, `${secret}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return secret;
}
