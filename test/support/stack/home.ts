import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Guardian, startGuardian } from '../../../src/programs/guardian.js';
import { built } from './program.js';

/** A folder for one stack, and what ends its processes should the tests die. */
export interface Home {
  readonly folder: string;
  readonly guardian: Guardian;
  /** Ends what still runs, the example's instances included. */
  close(): Promise<void>;
}

export async function openHome(): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-stack-'));
  const guardian = startGuardian({ records: join(folder, 'run'), command: [process.execPath, built('programs/guardian-main.js')] });
  return { folder, guardian, close: async () => { await guardian.close(); await rm(folder, { recursive: true, force: true }); } };
}
