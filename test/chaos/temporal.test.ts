import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChaosScene, openChaos } from '../support/stack/chaos-scene.js';
import { instancesOf, upset } from '../support/stack/instances-of.js';
import { until } from '../support/until.js';

const BAKE_MS = 3_000;

describe('while the Temporal server is away', () => {
  let scene: ChaosScene;
  beforeAll(async () => {
    scene = await openChaos();
  }, 120_000);
  afterAll(() => scene?.close(), 60_000);

  it('a bake goes on, and its canary succeeds once the killed server is back', async () => {
    const id = await scene.deploy('v2', { steps: [{ traffic: '20%', bake: '4s' }] });
    await scene.candidateHas(20);
    await scene.temporal.kill();
    await scene.candidateHas(20);
    await scene.temporal.restart();
    expect(await scene.slipway.api.ended(id)).toMatchObject({ phase: 'succeeded' });
    expect(scene.traffic.failures).toEqual([]);
  }, 90_000);

  it('a breach after the end of the bake is still pulled, and the run ends rolled back once the server is back', async () => {
    const id = await scene.deploy('v4', { steps: [{ traffic: '20%', bake: `${BAKE_MS}ms` }] });
    await scene.candidateHas(20);
    const shiftedBefore = performance.now();
    await scene.temporal.kill();
    await until(() => performance.now() - shiftedBefore > BAKE_MS + 1_500);
    await scene.candidateHas(20);
    await upset(instancesOf(scene.home, id), { errorRate: 1 });
    await scene.candidateHas(0);
    const failedUntilPull = scene.traffic.failures.length;
    await scene.temporal.restart();
    expect(await scene.slipway.api.ended(id, 60_000)).toMatchObject({ phase: 'rolled-back' });
    expect(await scene.slipway.api.stableVersion('storefront', 'test')).toBe('v2');
    expect(new Set(scene.traffic.failures)).toEqual(new Set(['500']));
    expect(scene.traffic.failures).toHaveLength(failedUntilPull);
  }, 120_000);
});
