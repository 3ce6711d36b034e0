import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckSpec } from '../../domain/backup/source-spec.js';
import type { Fingerprint } from '../../domain/backup/fingerprint.js';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { withStaging } from '../files/staging.js';
import type { Captured, Source, SourceContext, SwapResult } from '../source.js';
import { createFakeControl, type FakeSourceCall, type FakeSourceControl } from './fake-control.js';
import { type FakeData, FakeRuns } from './fake-runs.js';

export interface FakeSourceOptions {
  /** @default 'fake' */
  readonly name?: string;
  /** What is live at first. */
  readonly rows?: Readonly<Record<string, string>>;
  /** For the files of backups on their way back. */
  readonly stagingFolder: string;
}

export interface FakeSource {
  readonly source: Source;
  readonly control: FakeSourceControl;
  /** Names of everything beside what is live. */
  leftovers(): readonly string[];
}

/**
 * A source in memory with the rules of the real ones: backups of it go through any engine, and swaps really exchange what is live.
 * A check `query` holds when the copy has a row of that key; a `command` when it is `true`.
 *
 * @example
 * const { source, control } = createFakeSource({ stagingFolder, rows: { a: '1' } });
 * control.put('b', '2');
 * control.fail('fillCopy', 'RESTORE_FAILED');
 */
export function createFakeSource({ name = 'fake', rows = {}, stagingFolder }: FakeSourceOptions): FakeSource {
  const runs = new FakeRuns(rows);
  const { control, faults } = createFakeControl(runs);
  const fileName = `${name}.json`;

  const changing = <T>(call: FakeSourceCall, context: SourceContext, act: () => T): Promise<T> => faults.pass(call, context, async () => (await context.stillOurs(), act()));

  const source: Source = {
    kind: 'postgres',
    async capture(context, use) {
      const captured = await faults.pass('capture', context, (): Captured => ({
        fingerprint: fingerprintOf(runs.live), at: new Date().toISOString(), unchanged: async () => undefined,
        content: { kind: 'stream', name: fileName, env: {}, command: ['printf', '%s', JSON.stringify([...runs.live.rows])] },
      }));
      return use(captured);
    },
    fingerprint: (side, context) => faults.pass('fingerprint', context, () => fingerprintOf(runs.side(side, context.run))),
    describeSwap: (context) => faults.pass('describeSwap', context, () => ({ how: 'one assignment', gap: null })),
    async fillCopy(context, fetch) {
      const one = runs.of(context.run);
      one.copy = undefined;
      await withStaging(stagingFolder, context.run, async (folder) => {
        await fetch(folder);
        await faults.pass('fillCopy', context, async () => void (one.copy = { rows: await readRows(join(folder, fileName)), readOnlyFor: null }));
      });
    },
    check: (checks, context) => faults.pass('check', context, () => {
      const copy = runs.side('copy', context.run);
      return Object.entries(checks).map(([check, spec]) => ({ name: check, ok: holds(spec, copy), detail: 'as the fake source judges' }));
    }),
    quiesce: (context) => changing('quiesce', context, () => void (runs.live.readOnlyFor = context.run)),
    unquiesce: (context) => changing('unquiesce', context, () => runs.allowWrites(context.run)),
    swap: (context) => changing('swap', context, () => resultOf(runs.swap(context.run))),
    swapBack: (context) => changing('swapBack', context, () => resultOf(runs.swapBack(context.run))),
    dropOld: (context) => changing('dropOld', context, () => void Object.assign(runs.of(context.run), { old: undefined, copy: undefined })),
    dropCopy: (context) => changing('dropCopy', context, () => void (runs.of(context.run).copy = undefined)),
  };

  return { source, control, leftovers: () => runs.leftovers() };
}

function fingerprintOf({ rows }: FakeData): Fingerprint {
  const items = [...rows].map(([key, value]) => [key, { kind: 'file', count: String(Buffer.byteLength(value)), sum: createHash('sha256').update(value).digest('hex') }] as const);
  return { items: Object.fromEntries([...items, ['', { kind: 'table', count: String(rows.size), sum: null }] as const]), about: {} };
}

async function readRows(path: string): Promise<Map<string, string>> {
  try {
    // Written by `capture`, or spoilt, which shows in that it is no list of pairs.
    return new Map(JSON.parse(await readFile(path, 'utf8')) as [string, string][]);
  } catch (cause) {
    throw new SlipwayError('RESTORE_FAILED', `The file of the backup cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

function holds(spec: CheckSpec, { rows }: FakeData): boolean {
  return spec.kind === 'query' ? rows.has(spec.sql) : spec.command[0] === 'true';
}

function resultOf(now: boolean): SwapResult {
  return { done: now ? 'now' : 'before', tookMs: 0, detail: 'in memory' };
}
