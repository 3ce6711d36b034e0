import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRestic } from './find-restic.js';
import type { Pipeline } from './show-pipeline.js';

/** Where the demo's backups go. */
export interface DemoRepository {
  /** As the definition names it. */
  readonly name: string;
  /** For people: `restic 0.18.1`. */
  readonly engine: string;
  readonly folder: string;
  /** As the operator's file declares it; none where the stack has it anyway. */
  readonly declared: Readonly<Record<string, object>>;
  /** By name, without `SLIPWAY_SECRET_`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What somebody without Slipway types to look at a backup. */
  inspect(snapshot: string): Pipeline;
}

/** One of restic where a recent one is installed, else the stack's own archive. */
export async function demoRepository(checkout: string, stateFolder: string): Promise<DemoRepository> {
  const restic = await findRestic(checkout);
  return restic ? resticRepository(stateFolder, restic) : archiveRepository(stateFolder);
}

async function resticRepository(stateFolder: string, { program, version }: { program: string; version: string }): Promise<DemoRepository> {
  const folder = join(stateFolder, 'restic');
  const passwordFile = join(stateFolder, 'restic-password');
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  return {
    name: 'restic', engine: `restic ${version}`, folder,
    declared: { restic: { restic: { repository: folder, password: { secret: 'RESTIC_PASSWORD' }, program } } },
    secrets: { RESTIC_PASSWORD: password },
    inspect: () => [[program, '--repo', folder, '--password-file', passwordFile, '--no-cache', 'check', '--read-data']],
  };
}

function archiveRepository(stateFolder: string): DemoRepository {
  const folder = join(stateFolder, 'backups');
  return {
    name: 'local', engine: 'the engine archive (restic 0.17 or newer is not installed)', folder, declared: {}, secrets: {},
    inspect: (snapshot) => [['age', '-d', '-i', join(stateFolder, 'backup-identity'), join(folder, snapshot)], ['tar', 'tzv']],
  };
}
