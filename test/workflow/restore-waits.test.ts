import { describe, expect, it } from '@jest/globals';
import { sentence } from '../../src/workflows/backup/restore-ending.js';
import { aRestorePlan, aSourceSpec } from '../support/backup-plans.js';
import { RestoreModel } from '../support/model/restore-model.js';

const HOUR_MS = 3_600_000;

/** In keepOld, its services let go. */
async function keeping(busy: () => boolean): Promise<RestoreModel> {
  const source = aSourceSpec({ restore: { keepOldMs: 1_000 * HOUR_MS, checks: {}, verify: {} } });
  const model = new RestoreModel(aRestorePlan({ source, holds: ['basket', 'shop'] }), busy);
  await model.goOnUntil(() => model.run.state.phase === 'keeping');
  return model;
}

describe('a restore that is aborted behind a long deployment', () => {
  it('asks ever less often, and first for the service that was busy', async () => {
    let busy = false;
    const model = await keeping(() => busy);
    const [began, before] = [model.world.now(), model.takes.length];
    busy = true;
    model.send('abort', 'old');
    await model.goOnUntil(() => model.world.now() - began >= 24 * HOUR_MS);
    expect(model.run.state.waitsFor).toContain('the end of the deployment of basket');
    const takes = model.takes.slice(before);
    expect(takes.map(({ first }) => first)).toEqual([undefined, ...takes.slice(1).map(() => 'basket')]);
    expect(takes.length).toBeLessThan(160);
    busy = false;
    await model.goOnUntil(() => false);
    expect([model.ended, model.live]).toEqual(['rolled-back', 'old']);
  });

  it('asks once an hour where its history has grown long', async () => {
    let busy = false;
    const model = await keeping(() => busy);
    const [began, before] = [model.world.now(), model.takes.length];
    [busy, model.world.isLong] = [true, true];
    model.send('abort', 'old');
    await model.goOnUntil(() => model.world.now() - began >= 24 * HOUR_MS);
    expect(model.takes.length - before).toBeLessThan(27);
  });
});

describe('a restore that cannot drop what was replaced', () => {
  const dropping = async (model: RestoreModel): Promise<void> => {
    await model.goOnUntil(() => model.run.state.phase === 'keeping');
    model.send('skip', 'old');
  };

  it('holds nobody and tries for a day, then names what is left', async () => {
    const model = await keeping(() => false);
    await dropping(model);
    const began = model.world.now();
    let tries = 0;
    await model.goOnUntil(() => false, (name) => {
      if (name !== 'dropOld') return 'ok';
      tries += 1;
      expect(model.held).toBe(false);
      return 'failed';
    });
    expect([model.ended, model.droppedOld, model.world.now() - began >= 24 * HOUR_MS]).toEqual(['succeeded', false, true]);
    expect(tries).toBeLessThan(160);
    expect(model.run.state.status(model.control).notes).toContainEqual(expect.stringMatching(/cannot be dropped: .*left for people: beside \/srv\/orders/));
    expect(sentence(model.run, 'succeeded')).toContain('left over to drop: beside /srv/orders');
  });

  it('ends as soon as it can', async () => {
    const model = await keeping(() => false);
    await dropping(model);
    let failures = 3;
    await model.goOnUntil(() => false, (name) => (name === 'dropOld' && (failures -= 1) >= 0 ? 'failed' : 'ok'));
    expect([model.ended, model.droppedOld, model.run.state.leftOver]).toEqual(['succeeded', true, null]);
  });

  it('ends when people say that they see to it', async () => {
    const model = await keeping(() => false);
    await dropping(model);
    await model.goOnUntil(() => model.run.state.phase === 'needs-attention', (name) => (name === 'dropOld' ? 'failed' : 'ok'));
    model.send('resolve', 'restored');
    await model.goOnUntil(() => false);
    expect([model.ended, model.droppedOld]).toEqual(['succeeded', false]);
  });
});

describe('a restore whose holds were ended from outside', () => {
  it('takes them again before it swaps', async () => {
    const model = new RestoreModel(aRestorePlan(), () => false);
    await model.goOnUntil(() => model.run.state.phase === 'proving');
    model.loseHolds();
    expect(model.run.state.held).toEqual([]);
    await model.goOnUntil(() => false);
    expect([model.ended, model.live, model.broken]).toEqual(['succeeded', 'restored', []]);
  });
});
