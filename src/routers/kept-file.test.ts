import { describe, expect, it } from '@jest/globals';
import type { Persistence } from '../domain/router/persistence.js';
import { keptFile } from './kept-file.js';

function scene(write: () => Promise<void>) {
  const turns: Persistence['persisted'][] = [];
  return { turns, file: keptFile({ what: 'the map of shop', write, turned: ({ persisted }) => turns.push(persisted) }) };
}

function held() {
  let release = (): void => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  return { until, release };
}

describe('a file that follows a process', () => {
  it('is unknown until it was written', async () => {
    const { file, turns } = scene(async () => {});
    expect(file.persistence.persisted).toBe('unknown');
    expect(await file.keep()).toEqual({ persisted: 'yes' });
    expect(file.persistence).toEqual({ persisted: 'yes' });
    expect(turns).toEqual([]);
  });

  it('says once that it cannot be written, and once that it can again', async () => {
    let full = true;
    const { file, turns } = scene(async () => { if (full) throw new Error('ENOSPC'); });
    for (const _ of [1, 2]) expect(await file.keep()).toEqual({ persisted: 'no', detail: 'the map of shop was not written: ENOSPC' });
    full = false;
    for (const _ of [1, 2]) await file.keep();
    expect(turns).toEqual(['no', 'yes']);
  });

  it('shares a write that waits for its turn', async () => {
    let writes = 0;
    const { file } = scene(async () => void (writes += 1));
    await Promise.all([file.keep(), file.keep(), file.keep(), file.keep()]);
    expect(writes).toBe(1);
    await file.keep();
    expect(writes).toBe(2);
  });

  it('holds nobody up for longer than a moment, and counts when it is done all the same', async () => {
    const disk = held();
    const { file, turns } = scene(() => disk.until);
    expect((await file.keep()).persisted).toBe('no');
    const next = file.keep();
    disk.release();
    expect(await next).toEqual({ persisted: 'yes' });
    expect(turns).toEqual(['no', 'yes']);
  });
});
