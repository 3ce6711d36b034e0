import { describe, expect, it } from '@jest/globals';
import { aRequest, aStream, BACKUP, IGNORED, soon, store } from '../contract/scene.js';
import { engineContract } from '../contract/engine-contract.js';
import { createFakeEngine } from './fake-engine.js';
import { createFakeVault, type FakeDamage } from './fake-vault.js';

const DAMAGES: readonly FakeDamage[] = ['flipped', 'truncated', 'deleted'];

engineContract({
  name: 'the fake engine', damages: DAMAGES,
  async make() {
    const vault = createFakeVault();
    const engine = createFakeEngine({ vault });
    const away = createFakeEngine();
    away.become('away');
    return {
      engine, away,
      stranger: createFakeEngine({ vault, password: 'another' }),
      async damage(kind, snapshot) {
        const one = DAMAGES.find((each) => each === kind);
        if (one) engine.damage(snapshot, one);
      },
      close: async () => undefined,
    };
  },
});

describe('the fake engine', () => {
  it('fails as often as it is told, before it acts', async () => {
    const engine = createFakeEngine();
    engine.faults.fail('store', 'REPOSITORY_FULL', 2);
    for (const _time of [1, 2]) await expect(store(engine, aStream('console.log(1)'))).rejects.toMatchObject({ code: 'REPOSITORY_FULL' });
    expect(engine.snapshots).toEqual([]);
    await store(engine, aStream('console.log(1)'));
    expect(engine.snapshots).toHaveLength(1);
  });

  it('loses an answer when it is told to', async () => {
    const engine = createFakeEngine();
    engine.faults.failAfter('store', 'REPOSITORY_UNREACHABLE');
    await expect(store(engine, aStream('console.log(1)'))).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    expect(await engine.find(BACKUP, soon())).toHaveLength(1);
  });

  it('holds a call until it is released', async () => {
    const engine = createFakeEngine();
    const held = engine.faults.holdNext('store');
    const storing = store(engine, aStream('console.log(1)'));
    await held.arrived;
    expect(engine.snapshots).toEqual([]);
    held.release();
    await storing;
    expect(engine.snapshots).toHaveLength(1);
  });

  it('lets a held call go when it is aborted', async () => {
    const engine = createFakeEngine();
    const abort = new AbortController();
    const reason = new Error('cancelled');
    const held = engine.faults.holdNext('store');
    const storing = engine.store(aRequest(aStream('console.log(1)')), IGNORED, abort.signal);
    await held.arrived;
    abort.abort(reason);
    await expect(storing).rejects.toBe(reason);
  });
});
