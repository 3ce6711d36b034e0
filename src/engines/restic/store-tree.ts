import { readdir } from 'node:fs/promises';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import type { Content, OnProgress, Stored, StoreRequest } from '../engine.js';
import { runBackup, withdraw } from './backup-run.js';
import { isEmptyTree, withMarkedFolder } from './empty-tree.js';
import { listSnapshot } from './listing.js';
import { compareWithManifest, type Seen } from '../manifest-comparison.js';
import { failureOf, saidOf } from './restic-failure.js';
import { metadataOf } from './node-metadata.js';
import type { ResticNode } from './restic-output.js';
import type { ResticProgram } from './restic-program.js';

type Tree = Extract<Content, { readonly kind: 'tree' }>;

/** Some files could not be read: restic makes a snapshot of the others all the same. */
const INCOMPLETE = 3;
const SHOWN = 10;

/** Stores a folder as it is. What restic found there is compared with the manifest, so that a file that came or went meanwhile is noticed now. */
export async function storeTree(restic: ResticProgram, request: StoreRequest, tree: Tree, progress: OnProgress, signal: AbortSignal): Promise<Stored> {
  const names = await readdir(tree.root).catch((error: unknown) => {
    throw new SlipwayError('SOURCE_MISSING', `${tree.root} is no folder that can be read, so nothing was stored: ${messageOf(error)}.`, { cause: error });
  });
  if (names.length > 0 || !isEmptyTree(tree.manifest)) return storeFolder(restic, request, tree, progress, signal);
  return withMarkedFolder((root) => storeFolder(restic, request, { ...tree, root }, progress, signal));
}

async function storeFolder(restic: ResticProgram, request: StoreRequest, { root, manifest }: Tree, progress: OnProgress, signal: AbortSignal): Promise<Stored> {
  const run = await runBackup(restic, request, { args: ['.'], cwd: root, signal }, progress);
  const { summary } = run;
  if (run.exitCode === INCOMPLETE) {
    return withdraw(restic, summary, new SlipwayError('SOURCE_CHANGED', `Some of ${root} could not be read, so nothing was stored. ${saidOf(run, run.redact)}`), signal);
  }
  if (run.exitCode !== 0) return withdraw(restic, summary, failureOf('The backup was not stored', run, run.redact), signal);
  const snapshot = summary?.snapshot_id;
  if (snapshot === undefined) throw new SlipwayError('ENGINE_FAILED', 'The backup was not stored: restic named no snapshot.');
  const why = await differenceFrom(restic, snapshot, { root, manifest, kind: 'tree' }, signal);
  if (why) return withdraw(restic, summary, why, signal);
  return { snapshot, manifest, bytes: summary?.total_bytes_processed ?? 0, storedBytes: summary?.data_added_packed ?? 0 };
}

async function differenceFrom(restic: ResticProgram, snapshot: string, { root, manifest }: Tree, signal: AbortSignal): Promise<SlipwayError | undefined> {
  const comparison = compareWithManifest(manifest);
  const special: string[] = [];
  const listed = await listSnapshot(restic, snapshot, (node) => {
    const seen = seenOf(node);
    if (seen.kind === 'other') special.push(`${node.path.slice(1)} (${seen.what})`);
    comparison.saw(node.path.slice(1), seen);
  }, signal);
  if (listed.exitCode !== 0) return failureOf('What was stored could not be listed', listed, listed.redact);
  if (special.length > 0) return new SlipwayError('SOURCE_UNSUPPORTED', `${root} holds what cannot be backed up: ${special.slice(0, SHOWN).join(', ')}. Take it out of the folder.`);
  const differences = [...comparison.differences, ...comparison.missing].slice(0, SHOWN);
  if (differences.length === 0) return undefined;
  return new SlipwayError('SOURCE_CHANGED', `${root} changed while it was read, so nothing was stored. ${differences.map(({ text }) => text).join('; ')}`);
}

function seenOf(node: ResticNode): Seen {
  const { type, size } = node;
  if (type === 'file') return { ...metadataOf(node), kind: 'file', bytes: size };
  if (type === 'dir') return { ...metadataOf(node), kind: 'folder' };
  if (type === 'symlink') return { ...metadataOf(node), kind: 'link' };
  return { kind: 'other', what: type };
}

