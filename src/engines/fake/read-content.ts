import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';
import type { Content } from '../engine.js';
import { seenOf } from './seen-of.js';
import type { HeldEntry } from './fake-vault.js';
import { compareWithManifest } from '../manifest-comparison.js';
import { recordedMetadata } from '../tar-metadata.js';

type Stream = Extract<Content, { readonly kind: 'stream' }>;
type Tree = Extract<Content, { readonly kind: 'tree' }>;

const PRODUCER_WITHIN_MS = 600_000;

/** What is to be stored, all in memory: the program really runs, the folder is really read. */
export async function readContent(content: Content, programs: Programs, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<Map<string, HeldEntry>> {
  return content.kind === 'stream' ? readStream(content, programs, onBytes, signal) : readTree(content, onBytes);
}

async function readStream({ name, command, env }: Stream, programs: Programs, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<Map<string, HeldEntry>> {
  const chunks: Buffer[] = [];
  const onStdout = (chunk: Buffer): void => {
    chunks.push(chunk);
    onBytes(chunk.length);
  };
  const { exitCode, stderr } = await programs.run({ command, env, timeoutMs: PRODUCER_WITHIN_MS, signal, onStdout });
  if (exitCode !== 0) throw new SlipwayError('PRODUCER_FAILED', `${command[0] ?? 'The program'} ended with exit code ${exitCode}, so nothing was stored. It said: ${withoutSecrets(stderr, env)}`);
  if (chunks.length === 0) throw new SlipwayError('PRODUCER_FAILED', `${command[0] ?? 'The program'} ended well and printed nothing, so nothing was stored.`);
  return new Map([[name, { kind: 'file', content: Buffer.concat(chunks) }]]);
}

function withoutSecrets(text: string, env: Readonly<Record<string, string>>): string {
  return Object.values(env).filter((value) => value !== '').reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

async function readTree({ root, manifest }: Tree, onBytes: (bytes: number) => void): Promise<Map<string, HeldEntry>> {
  const entries = new Map<string, HeldEntry>();
  for (const found of await readdir(root, { recursive: true, withFileTypes: true })) {
    const full = join(found.parentPath, found.name);
    const entry = await readEntry(full);
    if (entry.kind === 'file') onBytes(entry.content.length);
    entries.set(relative(root, full), entry);
  }
  const comparison = compareWithManifest(manifest);
  for (const [path, entry] of entries) comparison.saw(path, seenOf(entry));
  const [difference] = [...comparison.differences, ...comparison.missing];
  if (difference) throw new SlipwayError('SOURCE_CHANGED', `${root} changed while it was read, so nothing was stored. ${difference.text}`);
  return entries;
}

async function readEntry(path: string): Promise<HeldEntry> {
  const found = await lstat(path, { bigint: true });
  const known = recordedMetadata({ mode: Number(found.mode), uid: Number(found.uid), gid: Number(found.gid), modifiedNs: found.mtimeNs });
  if (found.isSymbolicLink()) return { ...known, kind: 'link', target: await readlink(path) };
  if (found.isDirectory()) return { ...known, kind: 'folder' };
  if (!found.isFile()) throw new SlipwayError('SOURCE_UNSUPPORTED', `${path} is neither file nor link nor folder. Take it out of the source.`);
  return { ...known, kind: 'file', content: await readFile(path) };
}
