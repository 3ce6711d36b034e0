import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { InstanceRecord } from '../../src/targets/process/instance-record.js';
import { type ChaosScene, openChaos } from '../support/stack/chaos-scene.js';
import { instancesOf } from '../support/stack/instances-of.js';
import type { Program } from '../support/stack/program.js';
import { until } from '../support/until.js';

const WORKFLOW_ID = 'deploy/test/storefront';

describe('while a candidate has traffic', () => {
  let scene: ChaosScene;
  let worker: Program;
  let connection: Connection;
  let client: Client;
  beforeAll(async () => {
    scene = await openChaos();
    worker = scene.slipway.worker;
    connection = await Connection.connect({ address: scene.temporal.address });
    client = new Client({ connection });
  }, 120_000);
  afterAll(async () => {
    await connection?.close();
    await scene?.close();
  }, 60_000);

  it('a killed worker is replaced by another, and the canary goes on and succeeds', async () => {
    const id = await scene.deploy('v2', { steps: [{ traffic: '20%', bake: '3s' }] });
    await scene.candidateHas(20);
    await worker.end('SIGKILL');
    await scene.candidateHas(20);
    worker = await scene.slipway.startWorker();
    expect(await scene.slipway.api.ended(id)).toMatchObject({ phase: 'succeeded' });
    expect(await scene.slipway.api.stableVersion('storefront', 'test')).toBe('v2');
    expect(scene.traffic.failures).toEqual([]);
  }, 90_000);

  it('a worker that is told to stop hands its watch to another long before a heartbeat is missed', async () => {
    const id = await scene.deploy('v4', { steps: [{ traffic: '20%', bake: '1h' }] });
    await scene.candidateHas(20);
    const next = await scene.slipway.startWorker();
    const before = await watchAttempt();
    const stopping = worker.end('SIGTERM');
    const began = performance.now();
    expect(await until(async () => (await watchAttempt()) > before, 20_000)).toBe(true);
    // The heartbeat timeout of this bake is 36 s.
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await stopping).toBe(0);
    worker = next;
    expect(await scene.slipway.api.control(id, 'skip')).toMatchObject({ status: 200 });
    expect(await scene.slipway.api.ended(id)).toMatchObject({ phase: 'succeeded' });
    expect(scene.traffic.failures).toEqual([]);
  }, 90_000);

  it('an instance of the candidate that is killed takes no request with it: the candidate is pulled, and its slot is stopped', async () => {
    const id = await scene.deploy('v2', { instances: 2, steps: [{ traffic: '20%', bake: '10m' }] });
    await scene.candidateHas(20);
    kill(instancesOf(scene.home, id)[0]);
    await scene.candidateHas(0);
    expect(await scene.slipway.api.ended(id)).toMatchObject({ phase: 'rolled-back', cause: { code: 'BREACH' } });
    expect(instancesOf(scene.home, id)).toEqual([]);
    expect(scene.traffic.failures).toEqual([]);
  }, 60_000);

  /** The attempt of the watch that runs now; 0 while none does. */
  async function watchAttempt(): Promise<number> {
    const { raw } = await client.workflow.getHandle(WORKFLOW_ID).describe();
    const watches = (raw.pendingActivities ?? []).filter(({ activityType }) => activityType?.name === 'watch');
    return Math.max(0, ...watches.map(({ attempt, lastStartedTime, state }) => (state === STARTED && lastStartedTime ? attempt ?? 0 : 0)));
  }
});

function kill(instance: InstanceRecord | undefined): void {
  if (!instance) throw new Error('the deployment has no instance');
  process.kill(instance.pid, 'SIGKILL');
}

/** Of the protocol's states of a pending activity. */
const STARTED = 2;
