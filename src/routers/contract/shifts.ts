import { describe, expect, it } from '@jest/globals';
import { encodeEntry, type Generation, type RouterEntry } from '../../domain/router/entry.js';
import { generationOf } from '../../domain/router/generation.js';
import type { FencedSlot } from '../router.js';
import { allAnswered, DEPLOYMENT, NEXT_DEPLOYMENT, type RouterFeature, type RouterScene, type SceneHolder, settledOn, shift, stepTo } from './scene.js';

export function describeShifts(scene: SceneHolder, features: readonly RouterFeature[]): void {
  const where = (feature: RouterFeature): boolean => features.includes(feature);
  describe('shifts', () => {
    it('writes the entry on every instance and reads it back', async () => {
      expect(new Set(await shift(scene(), stepTo(2_500)))).toEqual(new Set(['done']));
      expect(await entries(scene())).toEqual(new Set([encodeEntry(stepTo(2_500))]));
    });

    it('answers a repeated shift with already', async () => {
      await shift(scene(), stepTo(2_500));
      expect(new Set(await shift(scene(), stepTo(2_500)))).toEqual(new Set(['already']));
    });

    it('lets a later shift of the same deployment replace an earlier one', async () => {
      await shift(scene(), stepTo(500, 1));
      expect(new Set(await shift(scene(), stepTo(2_500, 2)))).toEqual(new Set(['done']));
    });

    it('refuses an earlier shift of the same deployment that comes late', async () => {
      await shift(scene(), stepTo(500, 2));
      expect(new Set(await shift(scene(), stepTo(2_500, 1)))).toEqual(new Set(['conflict']));
      expect(await entries(scene())).toEqual(new Set([encodeEntry(stepTo(500, 2))]));
    });

    it('refuses a shift of a deployment that began from another generation', async () => {
      await shift(scene(), stepTo(500));
      expect(new Set(await shift(scene(), stepTo(2_500, 1, NEXT_DEPLOYMENT)))).toEqual(new Set(['conflict']));
      expect(await entries(scene())).toEqual(new Set([encodeEntry(stepTo(500))]));
    });

    it('refuses the same generation with another content', async () => {
      await shift(scene(), stepTo(500));
      expect(new Set(await shift(scene(), stepTo(2_500)))).toEqual(new Set(['conflict']));
    });

    it('lets the next deployment go on from the generation it found', async () => {
      await shift(scene(), settledOn('blue', 3));
      const next = { base: generationOf(DEPLOYMENT, 3) };
      expect(new Set(await shift(scene(), stepTo(500, 1, NEXT_DEPLOYMENT), next))).toEqual(new Set(['done']));
    });

    if (where('several instances')) it('serves the instances that are left when one is away, and says which is not', async () => {
      const { loseInstance } = scene();
      const lost = await loseInstance?.();
      const { router, backend } = scene();
      const report = await router.shift({ backend, entry: stepTo(2_500), base: 'none' });
      for (const one of report.instances) expect(one).toMatchObject(one.instance === lost ? { ok: false, code: 'ROUTER_UNREACHABLE' } : { outcome: 'done' });
    });

    it('leaves out the instances it is told to', async () => {
      const { router, backend } = scene();
      const [first] = (await router.read(backend)).instances;
      const report = await router.shift({ backend, entry: stepTo(2_500), base: 'none', except: [first?.instance ?? ''] });
      expect(report.instances.map((one) => one.instance)).not.toContain(first?.instance);
    });

    if (where('strangers')) it('guesses nothing from an entry that a stranger wrote', async () => {
      const { overwrite, router, backend } = scene();
      await overwrite?.('90/10');
      expect((await router.read(backend)).instances).toContainEqual(expect.objectContaining({ ok: false, code: 'ROUTER_ENTRY_INVALID' }));
      expect(await shift(scene(), stepTo(2_500))).toContain('ROUTER_ENTRY_INVALID');
    });

    it('says of an entry it was never given that it does not know it, and serves nothing there', async () => {
      const { router, unknownBackend: backend } = scene();
      const unknown = expect.objectContaining({ ok: false, code: 'ROUTER_ENTRY_UNKNOWN' });
      for (const { instances } of [await router.read(backend), await router.shift({ backend, entry: stepTo(500), base: 'none' }), await router.pull(backend, 'x.1'), await router.observe(backend)]) {
        expect(instances).toEqual(instances.map(() => unknown));
      }
      const at: FencedSlot = { backend, slot: 'green', fence: { generation: 'none', base: 'none' } };
      await expect(router.register(at, [scene().servers.green])).rejects.toMatchObject({ code: 'ROUTER_ENTRY_UNKNOWN' });
      expect((await router.drain(at, { timeoutMs: 0 })).unread).not.toEqual([]);
    });

    it('keeps entry and tombstones over a kill', async () => {
      await shift(scene(), stepTo(2_500));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      await scene().restart();
      expect(await entries(scene())).toEqual(new Set([encodeEntry(stepTo(2_500))]));
      expect(await tombstones(scene())).toEqual(new Set([generationOf(DEPLOYMENT, 1)]));
    });
  });

  describe('pulls', () => {
    it('adds a tombstone and leaves the entry alone', async () => {
      await shift(scene(), stepTo(2_500));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      expect(await entries(scene())).toEqual(new Set([encodeEntry(stepTo(2_500))]));
      expect(await tombstones(scene())).toEqual(new Set([generationOf(DEPLOYMENT, 1)]));
    });

    it('adds one tombstone however often it is asked', async () => {
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      for (const reading of allAnswered(await scene().router.read(scene().backend))) expect(reading.tombstones).toHaveLength(1);
    });

    it('refuses its deployment another share, and buries what it asked for', async () => {
      await shift(scene(), stepTo(500, 1));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      expect(new Set(await shift(scene(), stepTo(2_500, 2)))).toEqual(new Set(['pulled']));
      expect(await entries(scene())).toEqual(new Set([encodeEntry(stepTo(500, 1))]));
      expect(await tombstones(scene())).toEqual(new Set([1, 2].map((n) => generationOf(DEPLOYMENT, n))));
    });

    it('answers pulled when the tombstone came after the write that is repeated', async () => {
      await shift(scene(), stepTo(500, 1));
      await shift(scene(), stepTo(2_500, 2));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      expect(new Set(await shift(scene(), stepTo(2_500, 2)))).toEqual(new Set(['pulled']));
      expect(await tombstones(scene())).toContain(generationOf(DEPLOYMENT, 2));
    });

    it('refuses its deployment the role of stable, unless a person decides it', async () => {
      await shift(scene(), stepTo(10_000, 1));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      expect(new Set(await shift(scene(), settledOn('green', 2)))).toEqual(new Set(['pulled']));
      expect(new Set(await shift(scene(), settledOn('green', 3), { despitePull: true }))).toEqual(new Set(['done']));
    });

    it('never keeps traffic from going back to stable', async () => {
      await shift(scene(), stepTo(2_500, 1));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      expect(new Set(await shift(scene(), settledOn('blue', 2)))).toEqual(new Set(['done']));
    });

    it('never keeps the roles from changing back to the release that was stable before', async () => {
      await shift(scene(), stepTo(10_000, 1));
      await shift(scene(), settledOn('green', 2));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      const back: RouterEntry = { ...settledOn('blue', 3), deployment: 'adopted' };
      expect(new Set(await shift(scene(), back))).toEqual(new Set(['done']));
    });

    it('is cleared by the first shift of the next deployment only', async () => {
      await shift(scene(), settledOn('blue', 2));
      await pull(scene(), generationOf(DEPLOYMENT, 1));
      const base = generationOf(DEPLOYMENT, 2);
      await shift(scene(), stepTo(500, 1, NEXT_DEPLOYMENT), { base });
      expect(await tombstones(scene())).toEqual(new Set([generationOf(DEPLOYMENT, 1)]));
      await shift(scene(), stepTo(500, 1, NEXT_DEPLOYMENT), { base, clearOthers: true });
      expect(await tombstones(scene())).toEqual(new Set());
    });

    if (where('several instances')) it('reaches the instances that are left when one is away', async () => {
      const { loseInstance, router, backend } = scene();
      const lost = await loseInstance?.();
      const report = await router.pull(backend, generationOf(DEPLOYMENT, 1));
      for (const one of report.instances) expect(one.ok).toBe(one.instance !== lost);
    });
  });
}

async function pull({ router, backend }: RouterScene, generation: Generation): Promise<void> {
  allAnswered(await router.pull(backend, generation));
}

async function entries({ router, backend }: RouterScene): Promise<Set<string>> {
  return new Set(allAnswered(await router.read(backend)).map((reading) => encodeEntry(reading.entry)));
}

async function tombstones({ router, backend }: RouterScene): Promise<Set<Generation>> {
  return new Set(allAnswered(await router.read(backend)).flatMap((reading) => reading.tombstones));
}
