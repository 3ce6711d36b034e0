import { open, readFile, rm } from 'node:fs/promises';
import { SlipwayError } from '../../domain/errors.js';
import { identityOf, isAlive, type ProcessIdentity } from '../../programs/process-identity.js';
import { processIdentity } from './process-identity-text.js';

/**
 * Takes the state folder for this process. A lock whose owner is gone, even by kill -9, is taken over.
 *
 * @returns gives it back
 * @throws STATE_DIR_IN_USE
 */
export async function lockStateFolder(file: string): Promise<() => Promise<void>> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (await create(file)) return () => rm(file, { force: true });
    const owner = await ownerOf(file);
    if (owner !== undefined && isAlive(owner)) {
      throw new SlipwayError('STATE_DIR_IN_USE', `Process ${owner.pid} runs a stack on this folder (${file}). Stop that one, or start with --state-dir and --port-base beside it.`);
    }
    await rm(file, { force: true });
  }
  throw new SlipwayError('STATE_DIR_IN_USE', `Another stack is being started on this folder (${file}) at this moment.`);
}

async function create(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(JSON.stringify(identityOf(process.pid)));
    await handle.close();
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

async function ownerOf(file: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : processIdentity(text);
}

/** By shape: errors of the file system are of another realm in a test runner. */
function isTaken(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
}
