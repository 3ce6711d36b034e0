import { existsSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf, isAlive, type ProcessIdentity } from '../../../src/programs/process-identity.js';
import { until } from '../until.js';

/** A migration that marks a file, and is held in the middle of its first run. */
export interface HeldMigration {
  readonly command: readonly string[];
  /** Waits until its first run is in the middle. */
  held(): Promise<ProcessIdentity>;
  /** From now on it runs to its end. */
  release(): Promise<void>;
  /** How often it was begun. */
  runs(): Promise<number>;
}

const WITHIN_MS = 30_000;

/** @param line what a run that comes to its end does to the file that stands for the schema: `touch` or `rm` */
export async function heldMigration(folder: string, name: string, line: readonly [string, ...string[]]): Promise<HeldMigration> {
  const script = join(folder, `${name}.sh`);
  const begun = join(folder, `${name}.begun`);
  const released = join(folder, `${name}.released`);
  await writeFile(script, ['#!/bin/sh', `echo $$ >> '${begun}'`, `while [ ! -e '${released}' ]; do sleep 0.05; done`, line.map((word) => `'${word}'`).join(' '), ''].join('\n'));
  await chmod(script, 0o755);
  const pids = async (): Promise<readonly string[]> => (existsSync(begun) ? (await readFile(begun, 'utf8')).split('\n').filter(Boolean) : []);
  return {
    command: [script],
    async held() {
      if (!(await until(async () => (await pids()).length > 0, WITHIN_MS))) throw new Error(`${name} never ran`);
      const identity = identityOf(Number((await pids()).at(-1)));
      if (!identity || !isAlive(identity)) throw new Error(`${name} has ended`);
      return identity;
    },
    release: () => writeFile(released, ''),
    runs: async () => (await pids()).length,
  };
}
