import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Phase } from '../../src/domain/deployment/status.js';
import { type ChaosScene, openChaos } from '../support/stack/chaos-scene.js';

const WORKFLOW_ID = 'deploy/test/storefront';

describe('the deployment after one that was terminated', () => {
  let scene: ChaosScene;
  let connection: Connection;
  let client: Client;
  beforeAll(async () => {
    scene = await openChaos();
    connection = await Connection.connect({ address: scene.temporal.address });
    client = new Client({ connection });
  }, 120_000);
  afterAll(async () => {
    await connection?.close();
    await scene?.close();
  }, 60_000);

  const quick = { steps: [{ traffic: '20%', bake: '500ms' }] };

  it('repairs what it left while preparing', async () => {
    await terminateIn('preparing', 0, await scene.deploy('v2', { ...quick, healthyAfter: 100 }));
    await nextSucceeds('v4');
  }, 60_000);

  it('repairs what it left while progressing', async () => {
    await terminateIn('progressing', 20, await scene.deploy('v2', { steps: [{ traffic: '20%', bake: '10m' }] }));
    await nextSucceeds('v5');
  }, 60_000);

  it('repairs what it left while the old release was kept warm', async () => {
    await terminateIn('watching', 100, await scene.deploy('v2', { ...quick, keepWarm: '10m' }));
    await nextSucceeds('v6');
  }, 60_000);

  async function terminateIn(phase: Phase, percent: number, id: string): Promise<void> {
    await scene.slipway.api.when(id, (deployment) => deployment.phase === phase);
    await scene.candidateHas(percent);
    await client.workflow.getHandle(WORKFLOW_ID).terminate('by a test');
  }

  async function nextSucceeds(version: string): Promise<void> {
    const id = await scene.deploy(version, quick);
    expect(await scene.slipway.api.ended(id)).toMatchObject({ phase: 'succeeded' });
    await scene.candidateHas(0);
    expect(await scene.slipway.api.stableVersion('storefront', 'test')).toBe(version);
    expect(scene.traffic.failures).toEqual([]);
  }
});
