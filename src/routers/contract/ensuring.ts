import { describe, expect, it } from '@jest/globals';
import { NO_GENERATION, type Slot } from '../../domain/router/entry.js';
import type { RouterServer } from '../router.js';
import { allAnswered, eventually, fillSlots, foundNow, type RouterFeature, type RouterScene, type SceneHolder, NEXT_DEPLOYMENT, settledOn, shift, stepTo } from './scene.js';

export function describeEnsuring(scene: SceneHolder, features: readonly RouterFeature[]): void {
  const where = (feature: RouterFeature): boolean => features.includes(feature);
  describe('a restart without files', () => {
    it('is seen by an empty slot, an entry that says nothing and another epoch', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500));
      const before = await readings(scene());
      await scene().restartWithoutFiles();
      const after = await readings(scene());
      for (const [index, reading] of after.entries()) {
        expect(reading.epoch).not.toBe(before[index]?.epoch);
        expect(reading.entry.generation).toBe(NO_GENERATION);
        expect(reading.slots.blue.servers).toEqual([]);
      }
    });

    it('is mended by servers that serve at once', async () => {
      await fillSlots(scene());
      await scene().restartWithoutFiles();
      const address = scene().servers.blue.address;
      for (const one of await ensured(scene(), 'blue')) expect(one).toMatchObject({ restored: [address], down: [] });
      expect((await scene().send({ bucket: 1 })).slot).toBe('blue');
    });
  });

  describe('ensured servers', () => {
    it('are left as they are where they are', async () => {
      await fillSlots(scene());
      const before = (await readings(scene())).map(({ slots }) => slots.blue.servers);
      for (const one of await ensured(scene(), 'blue')) expect(one).toMatchObject({ restored: [], down: [] });
      expect((await readings(scene())).map(({ slots }) => slots.blue.servers)).toEqual(before);
    });

    it('stay out of rotation where they were not taken into it', async () => {
      const { router, backend, servers } = scene();
      await router.register(await foundNow(router, backend, 'blue'), [servers.blue]);
      for (const one of await ensured(scene(), 'blue')) expect(one).toMatchObject({ restored: [], down: [servers.blue.address] });
      for (const { slots } of await readings(scene())) expect(slots.blue.servers).toMatchObject([{ inRotation: false }]);
    });

    it('are said to be down when they are', async () => {
      await fillSlots(scene());
      await scene().server('blue', 'down');
      await eventually('blue is said to be down', async () => (await ensured(scene(), 'blue')).every(({ down }) => down.length === 1));
    });

    it('leave the other servers of the slot alone', async () => {
      const { router, backend, servers } = scene();
      await router.ready(await foundNow(router, backend, 'blue'), [servers.green]);
      await ensured(scene(), 'blue');
      for (const { slots } of await readings(scene())) {
        expect(slots.blue.servers.map(({ address }) => address).toSorted()).toEqual([servers.blue.address, servers.green.address].toSorted());
      }
    });

    it('are refused to a writer that comes late', async () => {
      const { router, backend, servers } = scene();
      const late = await foundNow(router, backend, 'blue');
      await shift(scene(), stepTo(2_500));
      await shift(scene(), settledOn('blue', 1, NEXT_DEPLOYMENT), { base: stepTo(2_500).generation });
      const { instances } = await router.ensure({ ...late, fence: { generation: stepTo(0, 2).generation, base: 'x.1' }, servers: [servers.blue] });
      for (const one of instances) expect(one).toMatchObject({ ok: false, code: 'SUPERSEDED' });
      for (const { slots } of await readings(scene())) expect(slots.blue.servers).toEqual([]);
    });

    if (where('limited room')) it('are refused by name where the slot has no room', async () => {
      const { router, backend, slotSize = 0 } = scene();
      const servers = Array.from({ length: slotSize + 1 }, (_, n): RouterServer => ({ id: `s${n}`, address: `127.0.0.1:${n + 2}` }));
      for (const one of (await router.ensure({ ...(await foundNow(router, backend, 'blue')), servers })).instances) expect(one).toMatchObject({ ok: false, code: 'ROUTER_SLOT_FULL' });
    });

    if (where('several instances')) it('are put in where an instance answers, and missed where it does not', async () => {
      const lost = await scene().loseInstance?.();
      const { router, backend, servers } = scene();
      const { instances } = await router.ensure({ ...(await foundNow(router, backend, 'blue')), servers: [servers.blue] });
      for (const one of instances) expect(one).toMatchObject(one.instance === lost ? { ok: false, code: 'ROUTER_UNREACHABLE' } : { restored: [servers.blue.address] });
    });

    if (where('several instances')) it('are asked for on the instances that are named', async () => {
      const { router, backend, servers } = scene();
      const [first = '', second = ''] = (await router.read(backend)).instances.map(({ instance }) => instance);
      const asked = async (which: { readonly only?: readonly string[]; readonly except?: readonly string[] }): Promise<readonly string[]> =>
        (await router.ensure({ ...(await foundNow(router, backend, 'blue')), servers: [servers.blue], ...which })).instances.map(({ instance }) => instance);
      expect(await asked({ only: [first] })).toEqual([first]);
      expect(await asked({ except: [first] })).toEqual([second]);
    });
  });
}

async function readings({ router, backend }: RouterScene) {
  return allAnswered(await router.read(backend));
}

async function ensured({ router, backend, servers }: RouterScene, slot: Slot) {
  return allAnswered(await router.ensure({ ...(await foundNow(router, backend, slot)), servers: [servers[slot]] }));
}
