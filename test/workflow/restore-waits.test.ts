import { describe, expect, it } from '@jest/globals';
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
