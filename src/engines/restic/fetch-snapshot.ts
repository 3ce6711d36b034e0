import { formatBytes } from '../../domain/bytes.js';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import { splitLines } from '../../programs/split-lines.js';
import type { OnProgress } from '../engine.js';
import { throwUnlessDamaged } from './destination.js';
import { EMPTY_MARK } from './empty-tree.js';
import { listSnapshot } from './listing.js';
import { reading } from './reading.js';
import { faultBeside, type ResticRun, saidOf } from './restic-failure.js';
import { parseMessage } from './restic-output.js';
import type { ResticProgram } from './restic-program.js';
import { isSnapshotId } from './snapshots.js';
import { createPathCheck } from './unsafe-path.js';

/** Restores a snapshot into an empty folder; a failure leaves it empty. Modes and times are those of the backup. */
export async function fetchSnapshot(restic: ResticProgram, snapshot: string, folder: string, progress: OnProgress, signal: AbortSignal): Promise<void> {
  if (!isSnapshotId(snapshot)) throw new SlipwayError('BACKUP_DAMAGED', `${snapshot} is no id of a snapshot, so nothing was restored.`);
  await refuseUnsafe(restic, snapshot, signal);
  const lines = splitLines((line) => {
    const message = parseMessage(line);
    if (message?.message_type === 'status') progress({ bytes: message.bytes_restored, text: `${formatBytes(message.bytes_restored)} restored` });
  });
  try {
    const run = await reading((locks) => restic.run({ args: ['restore', '--target', folder, '--', snapshot], length: 'long', signal, locks, onStdout: lines.take }));
    if (run.exitCode !== 0) await throwFailure(restic, snapshot, folder, run, signal);
    await rm(join(folder, EMPTY_MARK), { recursive: true, force: true });
  } catch (error) {
    await emptyFolder(folder);
    throw error;
  }
}

/** Looks at every name before anything is written: restic makes none that leave the folder, but whoever has the password can. */
async function refuseUnsafe(restic: ResticProgram, snapshot: string, signal: AbortSignal): Promise<void> {
  const check = createPathCheck();
  const unsafe: string[] = [];
  const listed = await listSnapshot(restic, snapshot, ({ path, type }) => {
    if (!check(path, type === 'symlink' ? 'link' : 'other')) unsafe.push(path);
  }, signal);
  if (unsafe.length > 0) throw new SlipwayError('UNSAFE_PATH', `The backup ${snapshot.slice(0, 8)} names ${unsafe.slice(0, 5).join(', ')}, which would be written outside of the folder. Nothing was written.`);
  if (listed.exitCode !== 0) {
    await throwUnlessDamaged(restic, 'The backup could not be listed', listed, signal);
    throw new SlipwayError('BACKUP_DAMAGED', `The backup ${snapshot.slice(0, 8)} cannot be listed. ${saidOf(listed, listed.redact)}`);
  }
}

type Failed = ResticRun & { readonly redact: (text: string) => string };

async function throwFailure(restic: ResticProgram, snapshot: string, folder: string, run: Failed, signal: AbortSignal): Promise<never> {
  // Reading a repository needs no room there.
  if (faultBeside(run) === 'REPOSITORY_FULL') throw new SlipwayError('STAGING_FULL', `There is no room in ${folder} for the backup. ${saidOf(run, run.redact)}`);
  await throwUnlessDamaged(restic, 'The backup could not be restored', run, signal);
  throw new SlipwayError('BACKUP_DAMAGED', `The backup ${snapshot.slice(0, 8)} cannot be read. ${saidOf(run, run.redact)}`);
}

async function emptyFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
