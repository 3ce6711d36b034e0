import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SlipwayError } from '../domain/errors.js';

/** The folder with package.json above this file, whether it runs from the sources or from the build. */
export function checkoutFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
  }
  throw new SlipwayError('PROCESS_FAILED', 'The stack does not find its own folder: package.json is missing. Start it in a full checkout.');
}
