import { describe, expect, it } from '@jest/globals';
import { generationOf } from '../../domain/router/generation.js';
import { allAnswered, DEPLOYMENT, eventually, fillSlots, type RouterFeature, type RouterScene, type SceneHolder, shift, stepTo } from './scene.js';

export function describeSurvey(scene: SceneHolder, features: readonly RouterFeature[]): void {
  const where = (feature: RouterFeature): boolean => features.includes(feature);
  describe('a survey', () => {
    it('says of each entry what a reading of it says', async () => {
      await sameAsReading(scene());
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500));
      await scene().router.pull(scene().backend, generationOf(DEPLOYMENT, 1));
      const fence = { generation: stepTo(2_500).generation, base: stepTo(2_500).generation };
      await scene().router.register({ backend: scene().backend, slot: 'green', fence }, [{ id: 's9', address: '127.0.0.1:9' }]);
      await eventually('a survey and a reading agree', () => sameAsReading(scene()).then(() => true, () => false));
      await sameAsReading(scene());
    });

    it('sees a restart without files as a reading does', async () => {
      await fillSlots(scene());
      await shift(scene(), stepTo(2_500));
      const [before] = await surveyed(scene());
      await scene().restartWithoutFiles();
      const [after] = await surveyed(scene());
      expect(after?.epoch).not.toBe(before?.epoch);
      await sameAsReading(scene());
    });

    it('names the entries that there is a place for, and no other', async () => {
      const { router, backend, unknownBackend } = scene();
      for (const { known, entries } of allAnswered(await router.survey([backend, unknownBackend]))) {
        expect([known.includes(backend), known.includes(unknownBackend)]).toEqual([true, false]);
        expect(Object.keys(entries)).toEqual([backend]);
      }
    });

    if (where('strangers')) it('is not held up by an entry that somebody else wrote', async () => {
      await scene().overwrite?.('blue:whatever');
      for (const { entries } of await surveyed(scene())) expect(entries[scene().backend]).toMatchObject({ ok: false });
    });

    if (where('several instances')) it('is told by the instances that answer', async () => {
      const lost = await scene().loseInstance?.();
      for (const one of (await scene().router.survey([scene().backend])).instances) expect(one.ok).toBe(one.instance !== lost);
    });
  });
}

async function surveyed({ router, backend }: RouterScene) {
  return allAnswered(await router.survey([backend]));
}

async function sameAsReading(scene: RouterScene): Promise<void> {
  const readings = allAnswered(await scene.router.read(scene.backend));
  for (const [index, { epoch, entries }] of (await surveyed(scene)).entries()) {
    const reading = readings[index];
    if (!reading) throw new Error('an instance was surveyed and not read');
    const { entry, hasEntry, tombstones, slots } = reading;
    expect({ epoch, ...entries[scene.backend] }).toEqual({ epoch: reading.epoch, ok: true, entry, hasEntry, tombstones, servers: { blue: slots.blue.servers, green: slots.green.servers } });
  }
}
