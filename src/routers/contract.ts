import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UNMANAGED_ENTRY } from '../domain/router/entry.js';
import { describeCounters } from './contract/counters.js';
import { describeEnsuring } from './contract/ensuring.js';
import { describeFence } from './contract/fence.js';
import { describePersistence } from './contract/persistence.js';
import { describeRotation } from './contract/rotation.js';
import { describeDrains } from './contract/drains.js';
import { describeShifts } from './contract/shifts.js';
import { describeSurvey } from './contract/surveying.js';
import { describeTraffic } from './contract/traffic.js';
import { allAnswered, type RouterFeature, type RouterScene, type SceneHolder } from './contract/scene.js';

export type { RouterFeature, RouterScene } from './contract/scene.js';

/** What every router promises. `make` gives a fresh router with an unmanaged backend for each test. */
export function describeRouterContract(name: string, features: readonly RouterFeature[], make: () => Promise<RouterScene>): void {
  describe(`${name} keeps the promises of a router`, () => {
    let current: RouterScene | undefined;
    const scene: SceneHolder = () => {
      if (!current) throw new Error('The scene is set before each test.');
      return current;
    };
    beforeEach(async () => {
      current = await make();
    });
    afterEach(async () => {
      await current?.router.close();
      await current?.close();
    });

    it('reads an environment that nobody manages yet as blue and empty', async () => {
      const { router, backend } = scene();
      for (const reading of allAnswered(await router.read(backend))) {
        expect(reading.entry).toEqual(UNMANAGED_ENTRY);
        expect(reading.tombstones).toEqual([]);
        expect(reading.slots.blue.servers).toEqual([]);
      }
    });

    describeShifts(scene, features);
    describeRotation(scene, features);
    describeEnsuring(scene, features);
    describeSurvey(scene, features);
    describeFence(scene);
    describeTraffic(scene);
    describeCounters(scene, features);
    describeDrains(scene, features);
    describePersistence(scene, features);
  });
}
