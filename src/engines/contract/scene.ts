import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EntryMetadata, Manifest, ManifestEntry } from '../../domain/backup/manifest.js';
import type { Content, Engine, OnProgress, Stored, StoreRequest } from '../engine.js';
import { recordedMetadata } from '../tar-metadata.js';

/** One engine under test with a fresh repository, prepared. */
export interface EngineScene {
  readonly engine: Engine;
  /** The same repository, opened with another password or key. */
  readonly stranger: Engine;
  /** An engine whose repository cannot be reached and cannot be made. */
  readonly away: Engine;
  /** Damages what is stored of a snapshot, which is the newest. Asked only for kinds that the subject has. */
  damage(kind: DamageKind, snapshot: string): Promise<void>;
  close(): Promise<void>;
}

/** `flipped`: one byte; `truncated`: the end is missing; `deleted`: the bytes are gone; `index`: what finds them is gone. */
export type DamageKind = 'flipped' | 'truncated' | 'deleted' | 'index';

export interface EngineSubject {
  readonly name: string;
  readonly damages: readonly DamageKind[];
  make(): Promise<EngineScene>;
}

/** What the scene of the present test is, with a folder of its own. */
export type SceneHolder = () => EngineScene & { readonly folder: string };

export const IGNORED: OnProgress = () => undefined;
const LONG_MS = 60_000;

export function soon(): AbortSignal {
  return AbortSignal.timeout(LONG_MS);
}

export const BACKUP = '01JAAAAAAAAAAAAAAAAAAAAAAA';

export function aRequest(content: Content, over: Partial<StoreRequest> = {}): StoreRequest {
  return { backup: BACKUP, attempt: 1, source: 'production/checkout/orders', content, ...over };
}

/** The output of a script of Node. */
export function aStream(script: string, over: Partial<Extract<Content, { kind: 'stream' }>> = {}): Content {
  return { kind: 'stream', name: 'orders.dump', command: [process.execPath, '-e', script], env: {}, ...over };
}

export async function store(engine: Engine, content: Content, over: Partial<StoreRequest> = {}): Promise<Stored> {
  return engine.store(aRequest(content, over), IGNORED, soon());
}

/** What a test puts into a folder: text of a file, the target of a link, or an empty folder. */
export type Wanted = Readonly<Record<string, string | Buffer | { readonly link: string } | { readonly folder: true }>>;

export async function makeTree(root: string, wanted: Wanted): Promise<Extract<Content, { kind: 'tree' }>> {
  await mkdir(root, { recursive: true });
  for (const [path, what] of Object.entries(wanted)) {
    const full = join(root, path);
    const text = typeof what === 'string' || Buffer.isBuffer(what);
    await mkdir(text || 'link' in what ? dirname(full) : full, { recursive: true });
    if (text) await writeFile(full, what);
    else if ('link' in what) await symlink(what.link, full);
  }
  return { kind: 'tree', root, manifest: await manifestOf(root) };
}

export async function manifestOf(root: string): Promise<Manifest> {
  const files: Record<string, ManifestEntry> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(root.length + 1);
    const known = await metadataOf(full);
    if (entry.isSymbolicLink()) files[path] = { kind: 'link', target: await readlink(full), ...known };
    else if (entry.isDirectory()) files[path] = { kind: 'folder', ...known };
    else files[path] = { ...fileEntry(await readFile(full)), ...known };
  }
  return { files };
}

async function metadataOf(path: string): Promise<EntryMetadata> {
  const stat = await lstat(path, { bigint: true });
  const { mode, owner, modifiedNs } = recordedMetadata({ mode: Number(stat.mode), uid: Number(stat.uid), gid: Number(stat.gid), modifiedNs: stat.mtimeNs });
  return { ...(!stat.isSymbolicLink() && { mode }), ...(process.getuid?.() === 0 && { owner }), modifiedNs };
}

/** Without times, which some file systems and programs know less exactly than others. */
export function withoutTimes({ files }: Manifest): Manifest {
  return { files: Object.fromEntries(Object.entries(files).map(([path, { modifiedNs: _, ...entry }]) => [path, entry])) };
}

export function fileEntry(content: Buffer | string): Extract<ManifestEntry, { kind: 'file' }> {
  return { kind: 'file', bytes: Buffer.byteLength(content), sha256: createHash('sha256').update(content).digest('hex') };
}
