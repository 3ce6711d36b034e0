import { createHash, randomUUID } from 'node:crypto';
import { SlipwayError } from '../../domain/errors.js';
import type { Damage, Manifest } from '../../domain/backup/manifest.js';
import { createPrograms, type Programs } from '../../programs/programs.js';
import type { Engine, OnProgress, Stored, StoreRequest } from '../engine.js';
import { compareWithManifest } from '../manifest-comparison.js';
import { createFakeFaults, type FakeEngineFaults } from './fake-faults.js';
import { createFakeVault, damageSnapshot, type FakeDamage, type FakeVault, type HeldSnapshot } from './fake-vault.js';
import { readContent } from './read-content.js';
import { manifestFrom, seenOf } from './seen-of.js';
import { writeEntries } from './write-entries.js';

export interface FakeEngineOptions {
  /** @default 'fake' */
  readonly name?: string;
  /** @default one of its own */
  readonly vault?: FakeVault;
  /** @default the vault's, so that it opens */
  readonly password?: string;
  /** @default programs that nobody ends when this process dies */
  readonly programs?: Programs;
}

export interface FakeEngine extends Engine {
  readonly faults: FakeEngineFaults;
  /** Ids of all snapshots, oldest first. */
  readonly snapshots: readonly string[];
  /** The request that a snapshot came from. */
  readonly of: (snapshot: string) => Pick<HeldSnapshot, 'backup' | 'attempt' | 'source'> | undefined;
  readonly damage: (snapshot: string, kind: FakeDamage) => void;
  /** Whether the repository answers. */
  readonly become: (state: 'well' | 'away') => void;
}

const MOST_DAMAGE = 50;

/**
 * Backups in memory, with the rules of the real engines: the producer really runs, folders are really read and written.
 *
 * @example
 * const engine = createFakeEngine({ name: 'vault' });
 * engine.faults.fail('verify', 'REPOSITORY_UNREACHABLE');
 * engine.damage(engine.snapshots[0] ?? '', 'flipped');
 */
export function createFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const { name = 'fake', vault = createFakeVault(), password = vault.password, programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined } }) } = options;
  const { snapshots } = vault;
  const faults = createFakeFaults();
  let state: 'well' | 'away' = 'well';

  function open<T>(call: Parameters<typeof faults.pass>[0], signal: AbortSignal, act: () => T | Promise<T>): Promise<T> {
    return faults.pass(call, signal, () => {
      if (state === 'away') throw new SlipwayError('REPOSITORY_UNREACHABLE', `The repository ${name} does not answer: it is away.`);
      if (password !== vault.password) throw new SlipwayError('REPOSITORY_PASSWORD_WRONG', `The repository ${name} has another password.`);
      return act();
    });
  }

  return {
    name,
    kind: 'fake',
    place: 'memory',
    faults,
    get snapshots() {
      return [...snapshots.keys()];
    },
    of: (snapshot) => snapshots.get(snapshot),
    damage: (snapshot, kind) => damageSnapshot(known(snapshots, snapshot), kind),
    become: (next) => void (state = next),
    prepare: (signal) => open('prepare', signal, () => undefined),
    store: (request, progress, signal) => open('store', signal, () => storeInto(vault, programs, request, progress, signal)),
    find: (backup, signal) => open('find', signal, () =>
      [...snapshots].filter(([, held]) => held.backup === backup).map(([snapshot, { attempt, stored }]) => ({ snapshot, attempt, stored }))),
    verify: (snapshot, manifest, progress, signal) => open('verify', signal, () => damageIn(snapshots.get(snapshot), manifest, progress)),
    fetch: (snapshot, folder, progress, signal) => open('fetch', signal, async () => {
      const held = snapshots.get(snapshot);
      const [damage] = damageIn(held, held?.stored.manifest ?? { files: {} }, progress);
      if (!held || damage) throw new SlipwayError('BACKUP_DAMAGED', `The backup ${snapshot} cannot be read. ${damage?.text ?? ''}`);
      await writeEntries(held.entries, folder);
    }),
    forget: (ids, signal) => open('forget', signal, () => ids.forEach((id) => snapshots.delete(id))),
    prune: (signal) => open('prune', signal, () => undefined),
    unlock: (signal) => open('unlock', signal, () => undefined),
  };
}

async function storeInto({ snapshots }: FakeVault, programs: Programs, request: StoreRequest, progress: OnProgress, signal: AbortSignal): Promise<Stored> {
  let bytes = 0;
  const entries = await readContent(request.content, programs, (more) => {
    bytes += more;
    progress({ bytes, text: `${bytes} bytes read` });
  }, signal);
  signal.throwIfAborted();
  const snapshot = createHash('sha256').update(randomUUID()).digest('hex');
  // It deduplicates nothing, and a snapshot of nothing takes room too.
  const stored: Stored = { snapshot, manifest: request.content.kind === 'tree' ? request.content.manifest : manifestFrom(entries), bytes, storedBytes: bytes + 1 };
  snapshots.set(snapshot, { backup: request.backup, attempt: request.attempt, source: request.source, stored, entries });
  return stored;
}

function damageIn(held: HeldSnapshot | undefined, manifest: Manifest, progress: OnProgress): readonly Damage[] {
  if (!held) return [{ file: null, text: 'There is no such snapshot.' }];
  const comparison = compareWithManifest(manifest);
  let bytes = 0;
  for (const [path, entry] of held.entries) {
    comparison.saw(path, seenOf(entry));
    bytes += entry.kind === 'file' ? entry.content.length : 0;
    progress({ bytes, text: `${bytes} bytes read back` });
  }
  return [...comparison.differences, ...comparison.missing].slice(0, MOST_DAMAGE);
}

function known(snapshots: FakeVault['snapshots'], snapshot: string): HeldSnapshot {
  const held = snapshots.get(snapshot);
  if (!held) throw new Error(`There is no snapshot ${snapshot} to damage.`);
  return held;
}
