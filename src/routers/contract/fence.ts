import { describe, expect, it } from '@jest/globals';
import { NO_GENERATION } from '../../domain/router/entry.js';
import type { Fence } from '../../domain/router/fence.js';
import { generationOf } from '../../domain/router/generation.js';
import type { FencedSlot, InstanceReading } from '../router.js';
import { allAnswered, DEPLOYMENT, fillSlots, NEXT_DEPLOYMENT, type RouterScene, type SceneHolder, settledOn, shift, stepTo } from './scene.js';

/** Its second shift is what the routers hold. */
const OWNER: Fence = { generation: generationOf(DEPLOYMENT, 2), base: NO_GENERATION };

const EARLIER_STEP: Fence = { generation: generationOf(DEPLOYMENT, 1), base: generationOf('01J00000000000000000000000', 3) };

/** The writers that may not change a slot any more, each named by what was written over it. */
const LATE: readonly (readonly [who: string, fence: Fence])[] = [
  ['a writer of another deployment', { generation: generationOf(NEXT_DEPLOYMENT, 9), base: generationOf(NEXT_DEPLOYMENT, 1) }],
  ['a writer that began from what was there before', { generation: generationOf(NEXT_DEPLOYMENT, 1), base: generationOf('01J00000000000000000000000', 3) }],
  ['an earlier step of the same deployment', EARLIER_STEP],
];

const CHANGES: readonly ((scene: RouterScene, at: FencedSlot) => Promise<void>)[] = [
  ({ router, servers }, at) => router.register(at, [servers.blue]),
  ({ router, servers }, at) => router.ready(at, [servers.blue]),
  ({ router, servers }, at) => router.remove(at, [servers.green]),
  ({ router }, at) => router.remove(at),
];

export function describeFence(scene: SceneHolder): void {
  describe('the fence', () => {
    it.each(LATE)('keeps %s from every change of servers', async (_who, fence) => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500, 2));
      const before = await slots(scene());
      for (const make of CHANGES) await expect(make(scene(), { backend: scene().backend, slot: 'green', fence })).rejects.toMatchObject({ code: 'SUPERSEDED' });
      expect(await slots(scene())).toEqual(before);
    });

    it('keeps a late drain from ending requests by force', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500, 2));
      const held = await scene().hold('green');
      const { router, backend } = scene();
      await expect(router.drain({ backend, slot: 'green', fence: EARLIER_STEP }, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'SUPERSEDED' });
      await held.finish();
      expect(await held.ended).toBe('answered');
    });

    it('keeps the owner of the entry from nothing', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500, 2));
      for (const make of CHANGES) await expect(make(scene(), { backend: scene().backend, slot: 'green', fence: OWNER })).resolves.toBeUndefined();
    });

    it('lets a deployment work on what it found, until another one has written', async () => {
      await shift(scene(), settledOn('blue', 7));
      const { router, backend, servers } = scene();
      const found = generationOf(DEPLOYMENT, 7);
      const at: FencedSlot = { backend, slot: 'green', fence: { generation: generationOf(NEXT_DEPLOYMENT, 1), base: found } };
      await router.register(at, [servers.green]);
      await shift(scene(), stepTo(0, 1, '01JCCCCCCCCCCCCCCCCCCCCCCC'), { base: found });
      await expect(router.ready(at, [servers.green])).rejects.toMatchObject({ code: 'SUPERSEDED' });
    });
  });
}

async function slots({ router, backend }: RouterScene): Promise<readonly Pick<InstanceReading, 'instance' | 'slots'>[]> {
  return allAnswered(await router.read(backend)).map(({ instance, slots: held }) => ({ instance, slots: held }));
}
