import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './checkout.mjs';
import { runProgram, withoutAddresses } from './run-program.mjs';

const INSTALL_TIMEOUT_MS = 10 * 60_000;

/**
 * Installs what package-lock.json lists, when what is there differs from it.
 * Not by `npm ci`: that refuses a lock without the builds for every platform, and which of those a registry has differs. What counts is checked here.
 */
export async function installDependencies(say) {
  if (await isInstalled()) return undefined;
  say('installing');
  try {
    await runProgram(['npm', 'install', '--no-save', '--no-progress', '--loglevel=error'], { cwd: ROOT, timeoutMs: INSTALL_TIMEOUT_MS });
  } catch (error) {
    throw new Error(`npm install ${error.message}\n${withoutAddresses(error.output ?? '')}`, { cause: error });
  }
  if (!(await isInstalled())) throw new Error('npm installed other versions than package-lock.json lists: package.json and the lock differ. Bring them together by `npm install`.');
  return 'packages installed';
}

/** npm writes down what it installed: every package of the lock must be there in its version, those for other platforms aside. */
async function isInstalled() {
  const [wanted, installed] = await Promise.all([packagesOf('package-lock.json'), packagesOf('node_modules/.package-lock.json')]);
  if (wanted === undefined) throw new Error('package-lock.json is missing or not readable: restore it from version control.');
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([name, entry]) => name === '' || entry.optional === true || installed[name]?.version === entry.version);
}

async function packagesOf(file) {
  try {
    return JSON.parse(await readFile(path.join(ROOT, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
