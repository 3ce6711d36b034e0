import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { createFakeRouter } from '../../routers/fake/fake-router.js';
import { refuseLate } from './refuse-late.js';

const LATE = { backend: 'shop-test', fence: { generation: '01B.2', base: '01B.1' }, except: [] };

describe('right before something is changed that no router guards', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('nothing is said of an instance that a person dropped', async () => {
    const { router, control } = createFakeRouter({ instances: ['a', 'b'] });
    control.away('b');
    await expect(refuseLate(router, { ...LATE, except: ['b'] })).resolves.toBeUndefined();
    await expect(refuseLate(router, LATE)).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE' });
  });

  it('a reading counts for a second', async () => {
    const { router } = createFakeRouter();
    jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(1_001);
    await expect(refuseLate(router, LATE)).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE' });
  });
});
