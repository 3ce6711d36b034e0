import { beforeEach, describe, expect, it } from '@jest/globals';
import { BACKEND, ENVIRONMENT, type KeeperScene, openKeeperScene, SERVICE } from '../../../test/support/keeper-scene.js';
import { UNWELL, WELL } from '../../probes/fake-prober.js';

describe('a round of the keeper', () => {
  let scene: KeeperScene;
  const open = async (...instances: string[]): Promise<void> => {
    scene = await openKeeperScene(instances.length > 0 ? instances : ['a']);
    await scene.round();
  };
  const told = (): readonly string[] => scene.notifier.delivered.map(({ kind }) => kind);

  describe('over a stable release', () => {
    beforeEach(() => open());

    it('says that nothing of it answers, and when it does again', async () => {
      scene.prober.answerAll(UNWELL);
      await scene.round();
      expect(await scene.drifts()).toMatchObject([{ kind: 'stable-down', routerInstance: null, until: null, outcome: 'reported' }]);
      scene.prober.answerAll(WELL);
      for (let round = 0; round < 3; round += 1) await scene.round();
      expect([told(), await scene.eventKinds()]).toEqual([['stable-down', 'stable-up'], ['drift-found', 'drift-over']]);
    });

    it('does not take one instance of several for all of it', async () => {
      scene.prober.answer(scene.servers[0] ?? '', UNWELL);
      for (let round = 0; round < 3; round += 1) await scene.round();
      expect([await scene.drifts(), await scene.stores.observations.of(SERVICE, ENVIRONMENT)]).toMatchObject([[], [{ health: { stable: '1 of 2 answer' } }]]);
    });

    it('names the router’s own checks where they say otherwise', async () => {
      scene.prober.answerAll(UNWELL);
      await scene.round();
      expect((await scene.drifts())[0]?.text).toContain('count 2 of 2 servers as up');
    });
  });

  describe('over a router instance that does not answer', () => {
    beforeEach(() => open('a', 'b'));

    it('waits a round, as a reload is no outage', async () => {
      scene.fake.control.away('b');
      await scene.round();
      expect(await scene.drifts()).toEqual([]);
      await scene.round();
      expect([await scene.drifts(), told()]).toMatchObject([[{ kind: 'unreachable', routerInstance: 'b' }], ['drift']]);
    });

    it('puts right what another one lost all the same', async () => {
      scene.fake.control.away('b');
      scene.fake.control.restartWithout('a', 'everything');
      await scene.round();
      expect(scene.fake.control.send(BACKEND, { bucket: 9_999 }, 'a')).toBe('green');
    });

    it('forgets what was seen of one that the router does not have any more', async () => {
      await scene.stores.keeper.sawRouter({ site: 'default', router: 'fake', instance: 'z', entries: [BACKEND] });
      scene.takeOver();
      await scene.round();
      expect((await scene.stores.keeper.seenRouter('default', 'fake')).instances.map(({ instance }) => instance)).toEqual(['a', 'b']);
    });

    it('does not know any more which entries it has', async () => {
      scene.fake.control.away('b');
      await scene.round();
      expect((await scene.stores.keeper.seenRouter('default', 'fake')).instances.map(({ instance }) => instance)).toEqual(['a']);
    });
  });
});
