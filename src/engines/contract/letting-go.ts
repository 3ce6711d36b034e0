import { describe, expect, it } from '@jest/globals';
import { aStream, BACKUP, IGNORED, type SceneHolder, soon, store } from './scene.js';

export function describeLettingGo(scene: SceneHolder, withinMs: number): void {
  describe('letting go', () => {
    it('forgets what it is told, and only that', async () => {
      const { engine } = scene();
      const first = await store(engine, aStream('console.log(1)'));
      const second = await store(engine, aStream('console.log(2)'), { attempt: 2 });
      await engine.forget([first.snapshot], soon());
      expect((await engine.find(BACKUP, soon())).map(({ snapshot }) => snapshot)).toEqual([second.snapshot]);
    }, withinMs);

    it('forgets what is gone already by doing nothing', async () => {
      const { engine } = scene();
      const { snapshot } = await store(engine, aStream('console.log(1)'));
      await engine.forget([snapshot], soon());
      await engine.forget([snapshot], soon());
      await engine.forget([], soon());
      expect(await engine.find(BACKUP, soon())).toEqual([]);
    }, withinMs);

    it('never takes `latest` for a snapshot to forget', async () => {
      const { engine } = scene();
      await store(engine, aStream('console.log(1)'));
      await engine.forget(['latest', '', '*'], soon());
      expect(await engine.find(BACKUP, soon())).toHaveLength(1);
    }, withinMs);

    it('prunes nothing that a snapshot needs', async () => {
      const { engine } = scene();
      const gone = await store(engine, aStream('process.stdout.write("x".repeat(100000) + "1")'));
      const kept = await store(engine, aStream('process.stdout.write("x".repeat(100000) + "2")'), { attempt: 2 });
      await engine.forget([gone.snapshot], soon());
      await engine.prune(soon());
      expect(await engine.verify(kept.snapshot, kept.manifest, IGNORED, soon())).toEqual([]);
    }, withinMs);

    it('unlocks by doing nothing when nothing is locked', async () => {
      const { engine } = scene();
      const { snapshot, manifest } = await store(engine, aStream('console.log(1)'));
      await engine.unlock(soon());
      expect(await engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
    }, withinMs);
  });
}
