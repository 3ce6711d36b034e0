import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { ControlKind } from '../../src/domain/deployment/control-message.js';
import { isAlive } from '../../src/programs/process-identity.js';
import { type ChaosScene, openChaos } from '../support/stack/chaos-scene.js';
import { type HeldRequest, holdRequest } from '../support/stack/held-request.js';
import { instancesOf } from '../support/stack/instances-of.js';
import type { Program } from '../support/stack/program.js';
import { until } from '../support/until.js';

const WORKFLOW_ID = 'deploy/test/storefront';
/** Of the protocol's states of a pending activity. */
const STARTED = 2;

/**
 * Frozen is not dead: it goes on where it stopped, when others have long done its work and more. Mostly the SDK ends the late attempt before its next
 * write; that each write is refused by itself as well is shown write by write in `src/activities/deployment/late.test.ts`.
 */
describe('a worker that is frozen and wakes when the next deployment has half of the traffic', () => {
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

  it('changes nothing of it when it stood still in `open`', async () => {
    const left = await scene.deploy('v2', { steps: [{ traffic: '20%', bake: '10m' }] });
    await scene.candidateHas(20);
    const held = await holdInCandidate(left);
    await client.workflow.getHandle(WORKFLOW_ID).terminate('by a test');
    const id = await scene.deploy('v4', { steps: [{ traffic: '20%', bake: '10m' }] });
    // It has put right what was left, and waits for the request.
    await scene.candidateHas(0);
    const next = await frozenIn('open');
    await taken(id, 'abort');
    expect(await scene.slipway.api.ended(id, 120_000)).toMatchObject({ phase: 'aborted' });
    await held.finish();
    await wokenBeside(next, 'v5');
  }, 240_000);

  it('changes nothing of it when it stood still in `retire`', async () => {
    const id = await scene.deploy('v2', { steps: [{ traffic: '20%', bake: '10m' }] });
    await scene.candidateHas(20);
    const held = await holdInCandidate(id);
    await taken(id, 'abort');
    const next = await frozenIn('retire');
    await held.finish();
    expect(await scene.slipway.api.ended(id, 120_000)).toMatchObject({ phase: 'rolled-back' });
    await wokenBeside(next, 'v4');
  }, 240_000);

  /** @returns the worker that does the work meanwhile */
  async function frozenIn(activity: string): Promise<Program> {
    expect(await until(() => isRunning(activity), 30_000)).toBe(true);
    process.kill(worker.pid, 'SIGSTOP');
    return scene.slipway.startWorker();
  }

  async function wokenBeside(next: Program, version: string): Promise<void> {
    const id = await scene.deploy(version, { instances: 2, steps: [{ traffic: '50%', bake: '10m' }] });
    await scene.candidateHas(50, 90_000);
    process.kill(worker.pid, 'SIGCONT');
    // It ends by itself once all has ended that it was at.
    expect(await worker.end('SIGTERM')).toBe(0);
    await scene.candidateHas(50);
    expect(instancesOf(scene.home, id).map(isAlive)).toEqual([true, true]);
    await taken(id, 'skip');
    expect(await scene.slipway.api.ended(id, 60_000)).toMatchObject({ phase: 'succeeded' });
    expect(await scene.slipway.api.stableVersion('storefront', 'test')).toBe(version);
    expect(scene.traffic.failures).toEqual([]);
    worker = next;
  }

  /** What Temporal gave to the frozen worker it gives to the other one some seconds later. */
  async function taken(id: string, kind: ControlKind): Promise<void> {
    expect(await until(async () => (await scene.slipway.api.control(id, kind)).status === 200, 60_000)).toBe(true);
  }

  async function holdInCandidate(id: string): Promise<HeldRequest> {
    const { split } = await scene.slipway.api.when(id, (deployment) => deployment.split !== null);
    return holdRequest(scene.port, (split?.blue ?? 0) < (split?.green ?? 0) ? 'blue' : 'green');
  }

  async function isRunning(activity: string): Promise<boolean> {
    const { raw } = await client.workflow.getHandle(WORKFLOW_ID).describe();
    return (raw.pendingActivities ?? []).some(({ activityType, state }) => activityType?.name === activity && state === STARTED);
  }
});
