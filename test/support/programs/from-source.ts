import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The command that runs one of our files as it stands in the sources. */
export function fromSource(url: URL): [string, ...string[]] {
  return [process.execPath, '--import', tsx, fileURLToPath(url)];
}

/** The guardian, from the sources. */
export const GUARDIAN_COMMAND: readonly [string, ...string[]] = fromSource(new URL('../../../src/programs/guardian-main.ts', import.meta.url));
