import { beforeEach, describe, expect, it } from '@jest/globals';
import { BACKEND, byHand, type KeeperScene, openKeeperScene } from '../../../test/support/keeper-scene.js';
import { NOTICE_KINDS } from '../../notifiers/notifier.js';

describe('a notice of a drift', () => {
  let scene: KeeperScene;
  beforeEach(async () => {
    scene = await openKeeperScene();
    // The other one comes first: what it does must keep nothing from the one behind it.
    scene.receivers = { alerting: { via: { kind: 'webhook', url: { text: 'https://alerting.test' } }, on: NOTICE_KINDS }, ...scene.receivers };
    await scene.round();
  });
  const told = (receiver: 'notifier' | 'other'): readonly string[] => scene[receiver].delivered.map(({ kind }) => kind);
  const drift = async (): Promise<void> => {
    scene.fake.control.overwrite(BACKEND, byHand({ stable: 'blue' }));
    for (let round = 0; round < 3; round += 1) await scene.round();
  };
  const end = async (): Promise<void> => {
    scene.fake.control.overwrite(BACKEND, byHand({}));
    for (let round = 0; round < 3; round += 1) await scene.round();
  };

  it.each(['down', 'refusing'] as const)('and of its end reaches everybody else while a receiver is %s, once', async (state) => {
    scene.other.become(state);
    await drift();
    await end();
    expect(told('notifier')).toEqual(['drift', 'drift-over']);
  });

  it('reaches one that was away in its order: what was found before that it is over', async () => {
    scene.other.become('down');
    await drift();
    await end();
    scene.other.become('well');
    await scene.clock.advance(300_000);
    for (let round = 0; round < 2; round += 1) await scene.round();
    expect([told('other'), told('notifier')]).toEqual([['drift', 'drift-over'], ['drift', 'drift-over']]);
    expect(await scene.drifts()).toMatchObject([{ told: 'all' }]);
  });

  it('that a receiver refused for good is not sent to it for ever', async () => {
    scene.other.become('refusing');
    await drift();
    expect(await scene.drifts()).toMatchObject([{ told: 'found' }]);
  });

  it('is not sent again when the next hour of rounds begins', async () => {
    scene.other.become('down');
    await drift();
    scene.nextHour();
    for (let round = 0; round < 3; round += 1) await scene.round();
    expect(told('notifier')).toEqual(['drift']);
  });

  it('is for the site that looks after the environment: another one sends none', async () => {
    scene.notifier.become('down');
    await drift();
    scene.notifier.become('well');
    scene.takeOver('elsewhere');
    await scene.round();
    expect(told('notifier')).toEqual([]);
    scene.takeOver();
    await scene.round();
    expect(told('notifier')).toEqual(['drift']);
  });

  it('of an environment that definitions do not have any more is nobody’s', async () => {
    scene.notifier.become('down');
    await drift();
    await scene.deleteEnvironment();
    scene.notifier.become('well');
    await scene.clock.advance(300_000);
    await scene.round();
    expect(told('notifier')).toEqual([]);
  });
});
