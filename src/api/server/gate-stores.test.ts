import { describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { gateStores } from './gate-stores.js';

describe('gated stores', () => {
  it('are away, with the reason, until there is no problem any more', async () => {
    let problem: string | null = 'the schema is old';
    const stores = gateStores(createMemoryStores(), () => problem);
    await expect(stores.services.get('checkout')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', message: 'the schema is old' });
    await expect(stores.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    problem = null;
    expect(await stores.services.get('checkout')).toBeUndefined();
    await stores.ping();
  });
});
