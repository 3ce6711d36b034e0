import { describe, expect, it } from '@jest/globals';
import type { Slot } from '../../domain/router/entry.js';
import type { RouterServer } from '../router.js';
import { allAnswered, eventually, fillSlots, foundNow, type RouterFeature, type RouterScene, type SceneHolder } from './scene.js';

export function describeRotation(scene: SceneHolder, features: readonly RouterFeature[]): void {
  const where = (feature: RouterFeature): boolean => features.includes(feature);
  describe('instances', () => {
    it('are not in rotation when registered', async () => {
      const { router, backend, servers } = scene();
      await router.register(await foundNow(router, backend, 'green'), [servers.green]);
      expect(await rotation(scene(), 'green')).toEqual([{ address: servers.green.address, inRotation: false }]);
    });

    it('are in rotation and up when ready', async () => {
      const { router, backend, servers } = scene();
      await router.register(await foundNow(router, backend, 'green'), [servers.green]);
      await router.ready(await foundNow(router, backend, 'green'), [servers.green]);
      for (const { slots } of allAnswered(await router.read(backend))) {
        expect(slots.green.servers).toEqual([{ address: servers.green.address, inRotation: true, up: true }]);
      }
    });

    it('are put in place by ready where the router lost them', async () => {
      const { router, backend, servers } = scene();
      await router.ready(await foundNow(router, backend, 'green'), [servers.green]);
      expect(await rotation(scene(), 'green')).toEqual([{ address: servers.green.address, inRotation: true }]);
    });

    it('stay in rotation when registered again', async () => {
      const { router, backend, servers } = scene();
      await fillSlots(scene());
      await router.register(await foundNow(router, backend, 'green'), [servers.green]);
      expect(await rotation(scene(), 'green')).toEqual([{ address: servers.green.address, inRotation: true }]);
    });

    it('leave other servers of the slot alone', async () => {
      const { router, backend, servers } = scene();
      await router.ready(await foundNow(router, backend, 'green'), [servers.green]);
      await router.register(await foundNow(router, backend, 'green'), [servers.blue]);
      const there = [{ address: servers.green.address, inRotation: true }, { address: servers.blue.address, inRotation: false }];
      expect(await rotation(scene(), 'green')).toEqual(expect.arrayContaining(there));
      await router.remove(await foundNow(router, backend, 'green'), [servers.blue]);
      expect(await rotation(scene(), 'green')).toEqual([there[0]]);
    });

    it('are all taken out by a remove that names none, however often', async () => {
      const { router, backend } = scene();
      await fillSlots(scene());
      await router.remove(await foundNow(router, backend, 'green'));
      await router.remove(await foundNow(router, backend, 'green'));
      expect(await rotation(scene(), 'green')).toEqual([]);
      expect(await rotation(scene(), 'blue')).toHaveLength(1);
    });

    if (where('limited room')) it('are refused when the slot has no room', async () => {
      const { router, backend, slotSize } = scene();
      const many = Array.from({ length: (slotSize ?? 0) + 1 }, (_, n): RouterServer => ({ id: `s${n}`, address: `127.0.0.1:${n + 2}` }));
      await expect(router.register(await foundNow(router, backend, 'green'), many)).rejects.toMatchObject({ code: 'ROUTER_SLOT_FULL' });
    });

    if (where('several instances')) it('are refused where an instance is away, after the others were served', async () => {
      const { loseInstance, router, backend, servers } = scene();
      await loseInstance?.();
      await expect(router.register(await foundNow(router, backend, 'green'), [servers.green])).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE' });
      const left = (await router.read(backend)).instances.flatMap((one) => (one.ok ? [one.slots.green.servers.length] : []));
      expect(left).toEqual([1]);
    });

    it('are kept over a kill', async () => {
      const { servers } = scene();
      await fillSlots(scene());
      await scene().restart();
      expect(await rotation(scene(), 'green')).toEqual([{ address: servers.green.address, inRotation: true }]);
    });

    it('that die are seen as down, and as up when they are back', async () => {
      await fillSlots(scene());
      await scene().server('green', 'down');
      await eventually('green is down', async () => !(await isUp(scene(), 'green')));
      await scene().server('green', 'up');
      await eventually('green is up', () => isUp(scene(), 'green'));
    });
  });
}

async function rotation({ router, backend }: RouterScene, slot: Slot): Promise<readonly { address: string; inRotation: boolean }[]> {
  const readings = allAnswered(await router.read(backend)).map(({ slots }) => slots[slot].servers.map(({ address, inRotation }) => ({ address, inRotation })));
  const [first = []] = readings;
  for (const reading of readings) expect(reading).toEqual(first);
  return first;
}

async function isUp({ router, backend }: RouterScene, slot: Slot): Promise<boolean> {
  return allAnswered(await router.read(backend)).every(({ slots }) => slots[slot].servers.every((server) => server.up));
}
