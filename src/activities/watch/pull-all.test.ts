import { describe, expect, it } from '@jest/globals';
import { createFakeRouter } from '../../routers/fake/fake-router.js';
import { createFakeClock } from './fake-clock.js';
import { pullAll } from './pull-all.js';

const BACKEND = 'checkout-production';

function createScene() {
  const clock = createFakeClock();
  const { router, control } = createFakeRouter({ name: 'edge', instances: ['hangs', 'a'] });
  const pull = (since = clock.now()) => pullAll({ router, backend: BACKEND, generations: ['01D.1', '01D.2'], except: [], since }, clock);
  return { clock, control, pull };
}

describe('a pull', () => {
  it('is measured by the instances that answer, not by one that hangs', async () => {
    const { clock, control, pull } = createScene();
    control.holdNext('pull');
    control.away('hangs');
    expect(await clock.run(pull())).toEqual({ breachToZeroMs: 0, unreached: ['hangs'] });
    expect(control.tombstones(BACKEND, 'a')).toEqual(['01D.1', '01D.2']);
  });

  it('counts an instance that comes back within the time as reached, and as late', async () => {
    const { clock, control, pull } = createScene();
    control.away('hangs');
    const pulling = pull();
    await clock.advance(1_000);
    control.back('hangs');
    const { breachToZeroMs, unreached } = await clock.run(pulling);
    expect(unreached).toEqual([]);
    expect(breachToZeroMs).toBeGreaterThanOrEqual(1_000);
  });

  it('names the router when none of its instances was heard of', async () => {
    const { clock, control, pull } = createScene();
    for (let call = 0; call < 4; call += 1) control.holdNext('pull');
    expect((await clock.run(pull())).unreached).toEqual(['edge']);
  });
});
