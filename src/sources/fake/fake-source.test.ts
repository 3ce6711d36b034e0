import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { contextOf, RUN } from '../contract/scene.js';
import { sourceContract } from '../contract.js';
import { createFakeSource } from './fake-source.js';

sourceContract('the fake source', ['snapshot', 'read-only', 'fenced'], async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-fake-source-'));
  const { source, control, leftovers } = createFakeSource({ stagingFolder: join(scratch, 'staging') });
  return {
    source, scratch,
    add: async (key) => control.put(key),
    keys: async () => Object.keys(control.live()).sort(),
    addToCopy: async (key, run) => control.tamper(run, key),
    spoil: (folder) => writeFile(join(folder, 'fake.json'), '[['),
    leftovers: async () => leftovers(),
    checks: { holds: (key) => ({ kind: 'query', sql: key, timeoutMs: 1_000 }), broken: { kind: 'command', command: ['false'], timeoutMs: 1_000 } },
    close: () => rm(scratch, { recursive: true }),
  };
});

describe('the fake source', () => {
  let stagingFolder: string;
  beforeEach(async () => {
    stagingFolder = await mkdtemp(join(tmpdir(), 'slipway-fake-source-'));
  });
  afterEach(() => rm(stagingFolder, { recursive: true }));

  it('fails as often as it is told, and then works', async () => {
    const { source, control } = createFakeSource({ stagingFolder });
    control.fail('swapBack', 'SWAP_FAILED', 2);
    for (const _attempt of [1, 2]) await expect(source.swapBack(contextOf())).rejects.toMatchObject({ code: 'SWAP_FAILED' });
    await expect(source.swapBack(contextOf())).resolves.toMatchObject({ done: 'before' });
  });

  it('can lose the answer to a call that it carried out', async () => {
    const { source, control } = createFakeSource({ stagingFolder });
    control.failAfter('quiesce', 'SOURCE_UNREACHABLE');
    await expect(source.quiesce(contextOf())).rejects.toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(control.writable).toBe(false);
  });

  it('holds a call until it is released', async () => {
    const { source, control } = createFakeSource({ stagingFolder });
    const held = control.holdNext('quiesce');
    const call = source.quiesce(contextOf());
    await held.arrived;
    expect(control.writable).toBe(true);
    held.release();
    await call;
    expect(control.writable).toBe(false);
    expect(control.calls).toEqual([{ call: 'quiesce', run: RUN }]);
  });

  it('lets go of a held call that is aborted, which then does nothing', async () => {
    const { source, control } = createFakeSource({ stagingFolder });
    const held = control.holdNext('quiesce');
    const abort = new AbortController();
    const call = source.quiesce(contextOf(RUN, abort.signal));
    await held.arrived;
    abort.abort(new Error('no longer wanted'));
    await expect(call).rejects.toThrow('no longer wanted');
    expect(control.writable).toBe(true);
  });
});
