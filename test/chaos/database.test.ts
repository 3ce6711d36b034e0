import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OwnDatabase, startOwnDatabase } from '../support/database-server.js';
import { type ChaosScene, openChaos } from '../support/stack/chaos-scene.js';
import { until } from '../support/until.js';

describe('while the database is away', () => {
  let database: OwnDatabase;
  let scene: ChaosScene;
  beforeAll(async () => {
    database = await startOwnDatabase();
    scene = await openChaos(database);
  }, 120_000);
  afterAll(async () => {
    await scene?.close();
    await database?.stop();
  }, 60_000);

  it('a deployment goes on and can be aborted, and what happened is there afterwards', async () => {
    const id = await scene.deploy('v2', { steps: [{ traffic: '20%', bake: '1s' }, { traffic: '50%', bake: '10m' }] });
    await scene.candidateHas(20);
    await database.crash();
    await scene.candidateHas(50);
    expect(await scene.slipway.api.control(id, 'abort', { reason: 'not today' })).toMatchObject({ status: 200 });
    await scene.candidateHas(0);
    await database.restart();
    expect(await scene.slipway.api.ended(id, 60_000)).toMatchObject({ phase: 'rolled-back', cause: { code: 'ABORTED', text: 'not today' } });
    await until(async () => (await scene.slipway.api.eventKinds(id)).includes('ended'), 20_000);
    expect(await scene.slipway.api.eventKinds(id)).toEqual(expect.arrayContaining(['started', 'launched', 'shifted', 'abort', 'retired', 'ended']));
    expect(scene.traffic.failures).toEqual([]);
  }, 120_000);
});
