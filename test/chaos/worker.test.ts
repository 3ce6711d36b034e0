import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { InstanceRecord } from '../../src/targets/process/instance-record.js';
import { isAlive } from '../../src/programs/process-identity.js';
import { type ChaosScene, openChaos } from '../support/stack/chaos-scene.js';
import { type HeldMigration, heldMigration } from '../support/stack/held-migration.js';
import { instancesOf } from '../support/stack/instances-of.js';
import { createOrdersFolder } from '../support/stack/orders-folder.js';
import { freeze } from '../support/stack/process-tree.js';
import type { Program } from '../support/stack/program.js';
import { until } from '../support/until.js';

const WORKFLOW_ID = 'deploy/test/storefront';

describe('while a deployment runs', () => {
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
    // The heartbeat timeout of this bake is 36 s.
    expect(await until(async () => (await watchAttempt()) > before, 20_000)).toBe(true);
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

  it('a worker killed in the middle of a migration takes its program with it, and another one begins the migration again, forth and back', async () => {
    const schema = join(scene.home.folder, 'schema');
    const expand = await heldMigration(scene.home.folder, 'expand', ['touch', schema]);
    const revert = await heldMigration(scene.home.folder, 'revert', ['rm', '-f', schema]);
    const migrate = { expand: { command: expand.command, timeout: '1m' }, revert: { command: revert.command, timeout: '1m' } };
    const id = await scene.deploy('v3', { steps: [{ traffic: '50%', bake: '10m' }], data: { protect: { backup: 'none', migrate } } });
    await killedAt(expand);
    await scene.slipway.api.when(id, ({ protection }) => protection?.migrations.expand === 'done', 60_000);
    expect(existsSync(schema)).toBe(true);
    await scene.slipway.api.when(id, ({ phase }) => phase === 'rolling-back', 60_000);
    await scene.candidateHas(0);
    await killedAt(revert);
    expect(await scene.slipway.api.ended(id, 60_000)).toMatchObject({ phase: 'rolled-back', protection: { migrations: { expand: 'done', revert: 'done' } } });
    expect(existsSync(schema)).toBe(false);
    expect([await expand.runs(), await revert.runs()]).toEqual([2, 2]);
    expect(scene.traffic.failures.filter((failure) => failure !== '500')).toEqual([]);
  }, 150_000);

  it('a worker killed in the middle of a contract: another one begins it again, and nothing goes back', async () => {
    const contract = await heldMigration(scene.home.folder, 'contract', ['touch', join(scene.home.folder, 'contracted')]);
    const migrate = { contract: { command: contract.command, timeout: '1m' } };
    const id = await scene.deploy('v2', { steps: [{ traffic: '20%', bake: '1s' }], data: { protect: { backup: 'none', migrate } } });
    await killedAt(contract);
    expect(await scene.slipway.api.ended(id, 60_000)).toMatchObject({ phase: 'succeeded', cause: null, protection: { migrations: { contract: 'done' } } });
    expect(await contract.runs()).toBe(2);
    expect(await scene.slipway.api.stableVersion('storefront', 'test')).toBe('v2');
  }, 120_000);

  it('a worker killed in the middle of the backup before a deployment: that is made anew, and the deployment goes on', async () => {
    const { path } = await createOrdersFolder(join(scene.home.folder, 'orders'), ['1.bin', '2.bin'], 20_000_000);
    const id = await scene.deploy('v4', { steps: [{ traffic: '20%', bake: '1s' }], data: { backups: { orders: { directory: { path }, repository: 'shelf' } }, protect: { backup: 'before' } } });
    expect(await until(async () => (await archives()).some((name) => name.endsWith('.part')), 60_000)).toBe(true);
    freeze('archive/program.js');
    await killed();
    const { phase, protection } = await scene.slipway.api.ended(id, 90_000);
    expect([phase, protection?.backups]).toEqual(['succeeded', [{ backup: expect.any(String) }]]);
    expect((await archives()).filter((name) => name.endsWith('.age'))).toHaveLength(1);
  }, 180_000);

  async function killedAt(migration: HeldMigration): Promise<void> {
    const program = await migration.held();
    await killed();
    expect(await until(() => !isAlive(program), 15_000)).toBe(true);
    await migration.release();
  }

  async function killed(): Promise<void> {
    const next = await scene.slipway.startWorker();
    await worker.end('SIGKILL');
    worker = next;
  }

  function archives(): Promise<readonly string[]> {
    return readdir(join(scene.home.folder, 'shelf', 'test', 'storefront', 'orders')).catch(() => []);
  }

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
