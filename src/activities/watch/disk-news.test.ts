import { describe, expect, it } from '@jest/globals';
import { watchInput } from '../../../test/support/watch-input.js';
import { BACKEND, createWatchScene } from '../../../test/support/watch-scene.js';

async function watched(input = watchInput()) {
  const scene = createWatchScene();
  await scene.serve();
  const disk = async (instance: string, detail: string | undefined) => {
    scene.control.failDisk(instance, detail);
    await scene.router.persist(BACKEND);
  };
  const attempt = scene.begin(input);
  scene.traffic(attempt, 100);
  return { scene, disk, attempt };
}

describe('a watch whose router cannot write its files', () => {
  it('tells the run once, and once more when it can again', async () => {
    const { scene, disk, attempt } = await watched();
    void scene.clock.sleep(6_000).then(() => disk('b', 'ENOSPC'));
    void scene.clock.sleep(21_000).then(() => disk('b', undefined));
    expect((await scene.clock.run(attempt.result)).end.ended).toBe('complete');
    expect(scene.toldOfDisk).toEqual(['no', 'yes']);
  });

  it('says nothing while all is well', async () => {
    const { scene, attempt } = await watched();
    await scene.clock.run(attempt.result);
    expect(scene.toldOfDisk).toEqual([]);
  });

  it('withdraws what the run was told before, by another step', async () => {
    const { scene, attempt } = await watched(watchInput({ toldPersisted: 'no' }));
    await scene.clock.run(attempt.result);
    expect(scene.toldOfDisk).toEqual(['yes']);
  });
});
