import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Manifest } from '../../../domain/backup/manifest.js';
import type { StoreRequest } from '../../engine.js';
import { gzipMembers } from '../format/gzip-members.js';
import { archiveFile, type BackupFiles, filesOf, MANIFEST } from '../format/layout.js';
import { ownMeta, packStream } from '../format/pack-stream.js';
import { packTree } from '../format/pack-tree.js';
import { safePath } from '../format/safe-path.js';
import { seal } from '../format/seal.js';
import { tarOf } from '../format/tar-writer.js';
import type { Operation } from '../protocol.js';
import { syncFolders } from '../../durable-files.js';
import { inRepository } from '../repository/faults.js';
import { readKeys } from '../repository/keys.js';
import { removeLeftovers } from '../repository/leftovers.js';
import { openRepository } from '../repository/marker.js';
import { writeSidecar } from '../repository/sidecar.js';

/** The archive gets its name last: before that, nothing of this backup counts. */
export const store: Operation<'store'> = async ({ folder, keys: texts, request, abandonedAfterMs }, progress) => {
  const keys = await readKeys(texts);
  await openRepository(folder);
  const { backup, attempt } = request;
  const source = safePath(request.source);
  const now = new Date();
  const snapshot = `${source}/${archiveFile(now, { backup, attempt })}`;
  const files = filesOf(folder, snapshot);
  await removeLeftovers(folder, { source, backup, abandonedAfterMs });
  await inRepository(() => mkdir(dirname(files.archive), { recursive: true, mode: 0o700 }));

  const discard = discarding(files);
  try {
    const { chunks, sums } = archiveOf(request, keys.recipients, progress);
    const { sha256, storedBytes } = await writePart(files.part, chunks);
    const { bytes, manifest, manifestSha256 } = sums();
    await inRepository(async () => {
      await writeSidecar(files.sidecar, { backup, attempt, source, storedAt: now.toISOString(), sha256, storedBytes, bytes, manifestSha256, manifest });
      await syncFolders(dirname(files.archive), folder);
      await rename(files.part, files.archive);
      discard.stop();
      await syncFolders(dirname(files.archive), folder);
    });
    return { snapshot, bytes, storedBytes, manifest };
  } catch (error) {
    discard.now();
    throw error;
  }
};

interface ContentSums {
  readonly bytes: number;
  readonly manifest: Manifest | null;
  readonly manifestSha256: string;
}

/** `sums` answers when the chunks have ended. */
function archiveOf({ content }: StoreRequest, recipients: readonly string[], onBytes: (bytes: number) => void): { readonly chunks: AsyncIterable<Buffer>; readonly sums: () => ContentSums } {
  let bytes = 0;
  let manifest: Manifest | null = null;
  const manifestHash = createHash('sha256');
  const count = (more: number): void => {
    bytes += more;
    onBytes(more);
  };
  const tar = tarOf(async (writer) => {
    let lines: readonly string[];
    if (content.kind === 'tree') {
      lines = await packTree(writer, content.root, content.manifest, count);
    } else {
      const stream = await packStream(writer, content, count);
      lines = stream.lines;
      manifest = { files: { [content.name]: stream.entry } };
    }
    const text = Buffer.from(lines.join(''));
    manifestHash.update(text);
    await writer.file(MANIFEST, text.length, whole(text), ownMeta());
  });
  return { chunks: seal(gzipMembers(tar), recipients), sums: () => ({ bytes, manifest, manifestSha256: manifestHash.digest('hex') }) };
}

async function writePart(path: string, chunks: AsyncIterable<Buffer>): Promise<{ sha256: string; storedBytes: number }> {
  const hash = createHash('sha256');
  let storedBytes = 0;
  const file = await inRepository(() => open(path, 'wx', 0o600));
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      storedBytes += chunk.length;
      await inRepository(() => file.writeFile(chunk));
    }
    await inRepository(() => file.sync());
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), storedBytes };
}

/** Removes what was written so far, also when this program is asked to end. */
function discarding({ part, sidecar }: BackupFiles): { readonly now: () => void; readonly stop: () => void } {
  const remove = (): void => {
    for (const path of [sidecar, part]) rmSync(path, { force: true });
  };
  const asked = (): void => {
    remove();
    process.exit(143);
  };
  process.once('SIGTERM', asked);
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    process.off('SIGTERM', asked);
  };
  return {
    stop,
    now() {
      if (!stopped) remove();
      stop();
    },
  };
}

async function* whole(bytes: Buffer): AsyncGenerator<Buffer> {
  if (bytes.length > 0) yield bytes;
}
