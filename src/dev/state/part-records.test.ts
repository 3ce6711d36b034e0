import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { groupRuns } from '../../programs/process-group.js';
import { endLeftovers, trackPart } from './part-records.js';

const unwatched = { watch: () => undefined, release: () => undefined };

describe('the records of the parts', () => {
  it('let the next start end what a killed stack left running', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-records-'));
    const { pid = 0 } = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)'], { detached: true });
    trackPart(folder, unwatched, 'worker').spawned(pid);
    expect(await endLeftovers(folder)).toEqual(['worker']);
    expect(groupRuns(pid)).toBe(false);
  });

  it('never touch a process that only has the same pid', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-records-'));
    await writeFile(join(folder, 'worker.json'), JSON.stringify({ pid: process.pid, startTime: 'another' }));
    expect(await endLeftovers(folder)).toEqual([]);
  });

  it('are gone when the part has ended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-records-'));
    const tracker = trackPart(folder, unwatched, 'worker');
    tracker.spawned(process.pid);
    tracker.ended(process.pid);
    expect(await readdir(folder)).toEqual([]);
  });
});
