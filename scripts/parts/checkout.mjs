import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Programs that the set-up fetched; shared by every state folder. */
export const TOOLS = path.join(ROOT, '.slipway', 'tools');

/** Where the Temporal CLI is found after the set-up, whichever source it came from. */
export const TEMPORAL_CLI = path.join(TOOLS, 'temporal');

/** True when this module is the program that was started. */
export function isMain(moduleUrl) {
  return process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(moduleUrl);
}
