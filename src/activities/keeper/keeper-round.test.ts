import { beforeEach, describe, expect, it } from '@jest/globals';
import { BACKEND, byHand, DEPLOYMENT, ENVIRONMENT, FENCE, type KeeperScene, openKeeperScene, SERVICE, SETTLED } from '../../../test/support/keeper-scene.js';
import { encodeEntry } from '../../domain/router/entry.js';
import { UNWELL, WELL } from '../../probes/fake-prober.js';

const NEXT = '01JBBBBBBBBBBBBBBBBBBBBBBB';

describe('a round of the keeper', () => {
  let scene: KeeperScene;
  const open = async (...instances: string[]): Promise<void> => {
    scene = await openKeeperScene(instances.length > 0 ? instances : ['a']);
    await scene.round();
  };
  const told = (): readonly string[] => scene.notifier.delivered.map(({ kind }) => kind);
  const writes = (): readonly string[] => scene.fake.control.calls.filter(({ call }) => ['shift', 'ready', 'register', 'remove', 'pull'].includes(call)).map(({ call, instance }) => `${call} ${instance}`);
  const serves = (instance?: string): string | undefined => scene.fake.control.send(BACKEND, { bucket: 9_999 }, instance);

  describe('over what is as recorded', () => {
    beforeEach(() => open());

    it('writes nothing and says nothing, however often', async () => {
      const before = writes().length;
      for (let round = 0; round < 5; round += 1) await scene.round();
      expect([writes().length - before, await scene.drifts(), await scene.eventKinds(), told()]).toEqual([0, [], [], []]);
    });

    it('leaves what it saw where the API shows it', async () => {
      await scene.round();
      expect(await scene.stores.observations.of(SERVICE, ENVIRONMENT)).toMatchObject([
        { routerInstance: 'a', entry: encodeEntry(SETTLED), split: { blue: 0, green: 10_000 }, health: { stable: '2 of 2 answer', candidate: 'empty' } },
      ]);
    });

    it('asks one instance of the release a round, each in its turn', async () => {
      const before = scene.prober.probed.length;
      for (let round = 0; round < 4; round += 1) await scene.round();
      expect(scene.prober.probed.slice(before).map(({ instance }) => instance.address).toSorted()).toEqual([...scene.servers, ...scene.servers].toSorted());
    });

    it('is on record, with which entries the router has', async () => {
      expect(await scene.stores.keeper.roundAgeMs('default')).not.toBeNull();
      expect(await scene.stores.keeper.seenRouter('default', 'fake')).toMatchObject({ instances: [{ instance: 'a', entries: [BACKEND] }] });
    });
  });

  describe('over a router instance that lost what it held', () => {
    beforeEach(() => open('a', 'b'));

    it.each(['servers', 'everything'] as const)('puts %s back on it, and on no other one', async (lost) => {
      scene.fake.control.restartWithout('b', lost);
      expect(serves('b')).toBeUndefined();
      const before = writes().length;
      await scene.round();
      expect(serves('b')).toBe('green');
      expect(writes().slice(before).filter((write) => write.endsWith(' a'))).toEqual([]);
      expect(scene.fake.control.rotation(BACKEND, 'green', 'b').toSorted()).toEqual(scene.servers.toSorted());
      expect(scene.fake.control.entry(BACKEND, 'b')).toEqual(SETTLED);
    });

    it('puts back everything that every instance lost, all with one entry', async () => {
      for (const instance of ['a', 'b']) scene.fake.control.restartWithout(instance, 'everything');
      await scene.round();
      expect([serves('a'), serves('b')]).toEqual(['green', 'green']);
      expect(scene.fake.control.entry(BACKEND, 'a')).toEqual(scene.fake.control.entry(BACKEND, 'b'));
      await scene.round();
      expect((await scene.drifts()).every(({ until }) => until !== null)).toBe(true);
    });

    it('says once what was lost, and once that it is back', async () => {
      scene.fake.control.restartWithout('b', 'everything');
      for (let round = 0; round < 4; round += 1) await scene.round();
      expect([told(), await scene.eventKinds()]).toEqual([['drift', 'drift-over'], ['drift-found', 'drift-over']]);
      expect(await scene.drifts()).toMatchObject([{ kind: 'absent', routerInstance: 'b', outcome: 'restored', deployment: DEPLOYMENT, restored: 1, told: 'all' }]);
    });

    it('only says so where the router is to be reported on', async () => {
      scene.onDrift = 'report';
      scene.fake.control.restartWithout('b', 'everything');
      for (let round = 0; round < 3; round += 1) await scene.round();
      expect([serves('b'), told(), await scene.drifts()]).toMatchObject([undefined, ['drift'], [{ outcome: 'reported', until: null }]]);
    });

    it('puts nothing back that does not answer, and goes on with the rest when it does', async () => {
      const [first = '', second = ''] = scene.servers;
      scene.prober.answerAll(UNWELL);
      scene.fake.control.restartWithout('b', 'everything');
      await scene.round();
      expect([scene.fake.control.rotation(BACKEND, 'green', 'b'), scene.fake.control.entry(BACKEND, 'b').stable]).toEqual([[], 'blue']);
      scene.prober.answer(first, WELL);
      await scene.round();
      expect([scene.fake.control.rotation(BACKEND, 'green', 'b'), serves('b')]).toEqual([[first], 'green']);
      expect((await scene.drifts()).find(({ kind }) => kind === 'absent')).toMatchObject({ until: null, outcome: 'restoring', text: expect.stringContaining(second) });
      scene.prober.answerAll(WELL);
      await scene.round();
      expect(scene.fake.control.rotation(BACKEND, 'green', 'b').toSorted()).toEqual(scene.servers.toSorted());
      expect((await scene.drifts()).find(({ kind }) => kind === 'absent')).toMatchObject({ outcome: 'restored' });
    });

    it('asks the target what runs, as the release may stand elsewhere by now', async () => {
      await scene.target.kill(`${DEPLOYMENT}-1`);
      scene.fake.control.restartWithout('b', 'everything');
      await scene.round();
      expect(scene.fake.control.rotation(BACKEND, 'green', 'b')).toEqual([scene.servers[1]]);
    });

    it('puts nothing back of which nothing runs, although another service answers there by now', async () => {
      for (const number of [1, 2]) await scene.target.kill(`${DEPLOYMENT}-${number}`);
      for (const instance of ['a', 'b']) scene.fake.control.restartWithout(instance, 'everything');
      for (let round = 0; round < 2; round += 1) await scene.round();
      expect(['a', 'b'].map((instance) => scene.fake.control.rotation(BACKEND, 'green', instance))).toEqual([[], []]);
      expect((await scene.drifts()).filter(({ kind }) => kind === 'absent')).toMatchObject(['a', 'b'].map((routerInstance) => (
        { routerInstance, outcome: 'restoring', until: null, text: expect.stringContaining('runs, as its target says') }
      )));
    });

    it('goes by what was registered while the target does not say', async () => {
      scene.target.become('away');
      for (const instance of ['a', 'b']) scene.fake.control.restartWithout(instance, 'everything');
      scene.takeOver();
      await scene.round();
      expect(scene.fake.control.rotation(BACKEND, 'green', 'a').toSorted()).toEqual(scene.servers.toSorted());
    });
  });

  describe('writes nothing', () => {
    beforeEach(async () => {
      await open();
      scene.fake.control.restartWithout('a', 'everything');
    });
    const stillLost = async (): Promise<void> => {
      await scene.round();
      expect([scene.fake.control.rotation(BACKEND, 'green'), scene.fake.control.entry(BACKEND).stable]).toEqual([[], 'blue']);
    };

    it('while a deployment has not ended on record', async () => {
      await scene.deploy(NEXT);
      await stillLost();
      expect([await scene.drifts(), told()]).toEqual([[], []]);
    });

    it('while a deployment or a restore has the lock', async () => {
      scene.lock = async () => false;
      await stillLost();
    });

    it('while nobody can tell who has the lock', async () => {
      scene.lock = () => Promise.reject(new Error('no server'));
      await stillLost();
    });

    it('when a deployment is requested between its look and its write', async () => {
      let looks = 0;
      scene.lock = async () => {
        looks += 1;
        if (looks === 1) await scene.deploy(NEXT);
        return true;
      };
      await stillLost();
    });

    it('by a look that has grown old', async () => {
      let looks = 0;
      scene.lock = async () => {
        looks += 1;
        if (looks === 2) await scene.clock.sleep(1_500);
        return true;
      };
      await stillLost();
    });

    it('while the database is away', async () => {
      scene.database.available = false;
      await expect(scene.round()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
      expect(scene.fake.control.rotation(BACKEND, 'green')).toEqual([]);
    });
  });

  describe('over what somebody changed', () => {
    beforeEach(() => open());

    it.each<[string, () => void]>([
      ['another slot', () => scene.fake.control.overwrite(BACKEND, byHand({ stable: 'blue' }))],
      ['a share for the candidate', () => scene.fake.control.overwrite(BACKEND, byHand({ candidateShare: 5_000, phase: 'moving' }))],
      ['something that is no entry', () => scene.fake.control.overwrite(BACKEND, 'blue please')],
    ])('says so of %s, and leaves it', async (_, change) => {
      change();
      const [before, text] = [writes().length, scene.fake.control.entry(BACKEND)];
      for (let round = 0; round < 3; round += 1) await scene.round();
      expect([writes().length - before, scene.fake.control.entry(BACKEND)]).toEqual([0, text]);
      expect([told(), await scene.eventKinds()]).toEqual([['drift'], ['drift-found']]);
      expect(await scene.drifts()).toMatchObject([{ kind: 'differs', routerInstance: 'a', outcome: 'reported', until: null }]);
    });

    it('leaves a server out of rotation, and one that was taken out of several', async () => {
      const [first = '', second = ''] = scene.servers;
      await scene.fake.router.remove({ backend: BACKEND, slot: 'green', fence: FENCE }, [{ id: 'x', address: first }]);
      await scene.round();
      expect([scene.fake.control.rotation(BACKEND, 'green'), await scene.drifts()]).toMatchObject([[second], [{ kind: 'differs', outcome: 'reported' }]]);
    });

    it('says that an instance has no place for the entry any more', async () => {
      scene.fake.control.unknown(BACKEND);
      await scene.round();
      expect(await scene.drifts()).toMatchObject([{ kind: 'differs', routerInstance: 'a', text: expect.stringContaining('no place for the entry') }]);
      expect(await scene.stores.keeper.seenRouter('default', 'fake')).toMatchObject({ instances: [{ instance: 'a', entries: [] }] });
    });

    it('says when it is as recorded again', async () => {
      scene.fake.control.overwrite(BACKEND, byHand({ stable: 'blue' }));
      await scene.round();
      scene.fake.control.overwrite(BACKEND, byHand({}));
      await scene.round();
      await scene.round();
      expect([told(), await scene.eventKinds()]).toEqual([['drift', 'drift-over'], ['drift-found', 'drift-over']]);
      expect(await scene.drifts()).toMatchObject([{ outcome: 'reported', until: expect.any(String), restored: 0 }]);
    });

    it('is told once although another worker takes over', async () => {
      scene.fake.control.overwrite(BACKEND, byHand({ stable: 'blue' }));
      await scene.round();
      scene.takeOver();
      await scene.round();
      expect(told()).toEqual(['drift']);
    });

    it('is told as soon as the receiver can be reached', async () => {
      scene.notifier.become('down');
      scene.fake.control.overwrite(BACKEND, byHand({ stable: 'blue' }));
      await scene.round();
      expect(told()).toEqual([]);
      scene.notifier.become('well');
      await scene.round();
      await scene.round();
      expect(told()).toEqual(['drift']);
    });
  });
});
