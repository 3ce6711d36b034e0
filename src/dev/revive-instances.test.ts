import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endGroup } from '../programs/process-group.js';
import { isAlive } from '../programs/process-identity.js';
import { instanceRecords } from '../targets/process/instance-record.js';
import { createProcessTarget, type ProcessTargetOptions } from '../targets/process/process-target.js';
import { reviveInstances } from './revive-instances.js';

const slot = { service: 'storefront', environment: 'demo', slot: 'blue', with: { colour: 'red' } } as const;
const launch = { ...slot, deployment: '01JREVIVE', version: 'v1', instances: 2 };

describe('the instances of a stopped stack', () => {
  let folder = '';
  const records = () => instanceRecords(join(folder, 'run')).all();

  async function target(): Promise<ProcessTargetOptions> {
    folder = await mkdtemp(join(tmpdir(), 'slipway-revive-'));
    return { name: 'local', command: [process.execPath, '-e', 'setTimeout(() => {}, 60_000)'], portRange: { first: 31_000, last: 31_999 }, stateFolder: folder };
  }

  afterEach(async () => {
    await Promise.all(records().filter(isAlive).map(({ pid }) => endGroup(pid, 1_000)));
    await rm(folder, { recursive: true, force: true });
  });

  it('run again at their addresses, as what they were', async () => {
    const options = await target();
    const before = await createProcessTarget(options).launch(launch);
    await Promise.all(records().map(({ pid }) => endGroup(pid, 1_000)));
    expect(await reviveInstances(options)).toBe(2);
    expect(await createProcessTarget(options).status(slot)).toEqual(before);
    expect(records().map((record) => record.with)).toEqual([{ colour: 'red' }, { colour: 'red' }]);
  });

  it('are left alone where they run', async () => {
    const options = await target();
    await createProcessTarget(options).launch(launch);
    const before = records();
    expect(await reviveInstances(options)).toBe(0);
    expect(records()).toEqual(before);
  });

  it('stay away when they were retired', async () => {
    const options = await target();
    const instances = await createProcessTarget(options).launch(launch);
    await createProcessTarget(options).retire({ ...slot, instances });
    expect(await reviveInstances(options)).toBe(0);
    expect(records()).toEqual([]);
  });
});
