import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type Header, pack } from 'tar-stream';
import type { Manifest, ManifestEntry } from '../../src/domain/backup/manifest.js';
import type { Content } from '../../src/engines/engine.js';
import { gzipMembers } from '../../src/engines/archive/format/gzip-members.js';
import { seal } from '../../src/engines/archive/format/seal.js';
import { bytesOf } from '../../src/engines/archive/format/tar-streams.js';
import { newIdentity } from '../../src/engines/archive/new-identity.js';
import { fetch } from '../../src/engines/archive/operations/fetch.js';
import { prepare } from '../../src/engines/archive/operations/prepare.js';
import { store } from '../../src/engines/archive/operations/store.js';
import { verify } from '../../src/engines/archive/operations/verify.js';
import { readKeys } from '../../src/engines/archive/repository/keys.js';

export const SOURCE = 'production/checkout/orders';
export const nothing = (): void => undefined;

/** A repository of the engine `archive` in a folder of its own, its operations called in this process. */
export async function archiveScene() {
  const root = await mkdtemp(join(tmpdir(), 'slipway-archive-'));
  const [folder, data] = [join(root, 'repository'), join(root, 'data')];
  await mkdir(data);
  const keys = { identity: await newIdentity(), recipients: [] };
  await prepare({ folder, keys }, nothing);
  let outputs = 0;

  return {
    root, folder, data, keys,
    async write(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(data, path)), { recursive: true });
        await writeFile(join(data, path), content);
      }
    },
    async tree(): Promise<Content & { readonly kind: 'tree' }> {
      return { kind: 'tree', root: data, manifest: await manifestOf(data) };
    },
    store: (content: Content, given: { readonly backup?: string; readonly attempt?: number } = {}) =>
      store({ folder, keys, abandonedAfterMs: 60_000, request: { backup: '01J', attempt: 1, source: SOURCE, ...given, content } }, nothing),
    verify: (snapshot: string, manifest: Manifest) => verify({ folder, keys, snapshot, manifest }, nothing),
    /** Into a new folder. @returns which */
    async fetch(snapshot: string, into?: string): Promise<string> {
      const output = into ?? join(root, `output-${(outputs += 1)}`);
      await mkdir(output, { recursive: true });
      await fetch({ folder, keys, snapshot, into: output }, nothing);
      return output;
    },
    /** An archive that nobody but an attacker would make. @returns its snapshot */
    async forge(entries: readonly (Partial<Header> & { readonly name: string; readonly text?: string })[]): Promise<string> {
      const archive = pack();
      for (const { text = '', ...header } of entries) archive.entry(header, text);
      archive.finalize();
      const snapshot = `${SOURCE}/20260101T000000Z-forged-1.tar.gz.age`;
      await mkdir(join(folder, SOURCE), { recursive: true });
      await writeFile(join(folder, snapshot), seal(gzipMembers(bytesOf(archive)), (await readKeys(keys)).recipients));
      return snapshot;
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

export type ArchiveScene = Awaited<ReturnType<typeof archiveScene>>;

export async function manifestOf(root: string): Promise<Manifest> {
  const files: Record<string, ManifestEntry> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const place = join(entry.parentPath, entry.name);
    files[relative(root, place)] = await entryOf(place);
  }
  return { files };
}

async function entryOf(place: string): Promise<ManifestEntry> {
  const stats = await lstat(place);
  if (stats.isDirectory()) return { kind: 'folder' };
  if (stats.isSymbolicLink()) return { kind: 'link', target: await readlink(place) };
  const content = stats.isFile() ? await readFile(place) : Buffer.alloc(0);
  return { kind: 'file', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
