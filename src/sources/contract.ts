import { afterEach, beforeEach, describe } from '@jest/globals';
import { describeCaptures } from './contract/captures.js';
import { describeCopies } from './contract/copies.js';
import type { SourceFeature, SourceScene } from './contract/scene.js';
import { describeSwaps } from './contract/swaps.js';

/** What every source promises. A new one passes it as it is. */
export function sourceContract(name: string, features: readonly SourceFeature[], arrange: () => Promise<SourceScene>): void {
  describe(`${name} keeps the promises of a source`, () => {
    let scene: SourceScene;
    beforeEach(async () => {
      scene = await arrange();
    }, 60_000);
    afterEach(() => scene.close(), 60_000);

    describeCaptures(() => scene, features);
    describeCopies(() => scene);
    describeSwaps(() => scene, features);
  });
}
