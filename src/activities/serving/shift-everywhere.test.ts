import { beforeEach, describe, expect, it } from '@jest/globals';
import { encodeEntry, type RouterEntry } from '../../domain/router/entry.js';
import { createFakeRouter, type FakeRouter } from '../../routers/fake/fake-router.js';
import { shiftEverywhere } from './shift-everywhere.js';

const BACKEND = 'shop-test';
const [OLDER, FIRST, OWN, YOUNGER] = ['01J90000000000000000000000', '01JA0000000000000000000000', '01JB0000000000000000000000', '01JC0000000000000000000000'];
const OPENED: RouterEntry = { stable: 'blue', phase: 'settled', generation: `${OWN}.1`, candidateShare: 0, baselineShare: 0, deployment: FIRST };
const STEP: RouterEntry = { ...OPENED, phase: 'moving', generation: `${OWN}.2`, candidateShare: 2_000 };
const BACK: RouterEntry = { ...OPENED, generation: `${OWN}.3` };
const CHANGED: RouterEntry = { ...OPENED, stable: 'green', generation: `${OWN}.3`, deployment: OWN };

describe('a shift that meets an instance whose entry is lost', () => {
  let fake: FakeRouter;
  beforeEach(async () => {
    fake = createFakeRouter({ instances: ['a', 'b'] });
    await fake.router.shift({ backend: BACKEND, entry: OPENED, base: 'none' });
  });

  it.each([STEP, CHANGED, BACK])('reaches it too, where another instance takes the shift: $generation $candidateShare', async (entry) => {
    fake.control.restartWithout('b', 'everything');
    expect(await outcomes(entry)).toEqual(['done', 'done']);
  });

  it('reaches one that went back to the file of an older deployment', async () => {
    fake.control.overwrite(BACKEND, encodeEntry({ ...OPENED, generation: `${OLDER}.7` }), 'b');
    expect(await outcomes(STEP)).toEqual(['done', 'done']);
  });

  it.each([`${YOUNGER}.1`, 'by-hand.1'])('leaves alone what another writer wrote: %s', async (generation) => {
    fake.control.overwrite(BACKEND, encodeEntry({ ...OPENED, generation }), 'b');
    expect(await outcomes(STEP)).toEqual(['done', 'conflict']);
  });

  it('gives a lost instance nothing where another writer is at work', async () => {
    fake.control.overwrite(BACKEND, encodeEntry({ ...OPENED, generation: `${YOUNGER}.1` }), 'a');
    fake.control.restartWithout('b', 'everything');
    expect(await outcomes(BACK)).toEqual(['conflict', 'conflict']);
  });

  it('takes everything back to stable where all instances lost their entry, and gives the candidate nothing', async () => {
    for (const name of ['a', 'b']) fake.control.restartWithout(name, 'everything');
    expect(await outcomes(STEP)).toEqual(['conflict', 'conflict']);
    expect(await outcomes(CHANGED)).toEqual(['conflict', 'conflict']);
    expect(await outcomes(BACK)).toEqual(['done', 'done']);
  });

  async function outcomes(entry: RouterEntry): Promise<readonly string[]> {
    const { instances } = await shiftEverywhere(fake.router, { backend: BACKEND, entry, base: OPENED.generation });
    return instances.map((one) => (one.ok ? one.outcome : one.code));
  }
});
