import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LONGEST_MS } from '../../domain/duration.js';
import type { Programs } from '../../programs/programs.js';
import type { Engine } from '../engine.js';
import { type ByteProgram, callProgram } from './call-program.js';
import type { KeyTexts } from './protocol.js';

export interface ArchiveEngineOptions {
  readonly name: string;
  /** The repository's folder. Made by `prepare` when the one above it is there. */
  readonly folder: string;
  /** `age1…`, whom backups are encrypted for; the identity's must be among them. @default that of the identity */
  readonly recipients?: readonly string[];
  /** Content of an `age` identity file: a key a line. The first is encrypted for, the others only open older backups. */
  readonly identity: () => Promise<string>;
  readonly programs: Programs;
  /** The command that starts the byte program: node and the compiled `program.js`. */
  readonly program: readonly string[];
  /** A file that was not written to for so long has lost its writer: `store` and `prune` remove it. @default 10 min */
  readonly abandonedAfterMs?: number;
}

const ABANDONED_AFTER_MS = 600_000;
/** Of what reads or writes whole backups: the signal of each call ends it before. */
const TIMEOUT_MS = LONGEST_MS;
/** Of what only looks at names and small files. */
const SHORT_TIMEOUT_MS = 300_000;

/**
 * Keeps each backup as one file that needs none of our software: tar, gzip, and age around it. Beside it lies a small `.json` with its SHA-256.
 *
 * ```sh
 * age --decrypt --identity key.txt FILE.tar.gz.age | tar -xz && sha256sum --check MANIFEST.sha256   # files are below tree/
 * age --decrypt --identity key.txt FILE.tar.gz.age | tar -xzO stream > dump                         # a stream, its parts joined
 * ```
 */
export function createArchiveEngine({ name, folder, recipients = [], identity, programs, program, abandonedAfterMs = ABANDONED_AFTER_MS }: ArchiveEngineOptions): Engine {
  const byteProgram: ByteProgram = { programs, command: program };
  const keys = async (): Promise<KeyTexts> => ({ identity: await identity(), recipients });

  return {
    name,
    kind: 'archive',
    place: folder,
    async prepare(signal) {
      await callProgram(byteProgram, 'prepare', { folder, keys: await keys() }, { signal, timeoutMs: SHORT_TIMEOUT_MS });
    },
    async store(request, progress, signal) {
      const { manifest, ...stored } = await callProgram(byteProgram, 'store', { folder, keys: await keys(), request, abandonedAfterMs }, { signal, timeoutMs: TIMEOUT_MS, progress });
      return { ...stored, manifest: request.content.kind === 'tree' ? request.content.manifest : (manifest ?? { files: {} }) };
    },
    find: (backup, signal) => callProgram(byteProgram, 'find', { folder, backup }, { signal, timeoutMs: SHORT_TIMEOUT_MS }),
    async verify(snapshot, manifest, progress, signal) {
      return callProgram(byteProgram, 'verify', { folder, keys: await keys(), snapshot, manifest }, { signal, timeoutMs: TIMEOUT_MS, progress });
    },
    async fetch(snapshot, into, progress, signal) {
      const wasEmpty = await isEmpty(into);
      try {
        await callProgram(byteProgram, 'fetch', { folder, keys: await keys(), snapshot, into }, { signal, timeoutMs: TIMEOUT_MS, progress });
      } catch (error) {
        // What was there before is not ours; the program refused it then.
        if (wasEmpty) await emptyFolder(into);
        throw error;
      }
    },
    async forget(snapshots, signal) {
      await callProgram(byteProgram, 'forget', { folder, snapshots }, { signal, timeoutMs: SHORT_TIMEOUT_MS });
    },
    async prune(signal) {
      await callProgram(byteProgram, 'prune', { folder, abandonedAfterMs }, { signal, timeoutMs: SHORT_TIMEOUT_MS });
    },
    /** Nothing is ever locked here. */
    unlock: async (signal) => signal.throwIfAborted(),
  };
}

/** A folder that cannot be looked at is the program's to complain about. */
function isEmpty(folder: string): Promise<boolean> {
  return readdir(folder).then((entries) => entries.length === 0, () => false);
}

async function emptyFolder(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) await rm(join(folder, entry), { recursive: true, force: true });
}
