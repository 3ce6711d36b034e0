import { describe, expect, it } from '@jest/globals';
import { anEvent } from '../contract/samples.js';
import { storesContract } from '../contract.js';
import { createMemoryStores } from './memory-stores.js';

storesContract('memory stores', async () => {
  let passedMs = 0;
  return {
    stores: createMemoryStores({ now: () => Date.now() + passedMs }),
    age: async (ms) => {
      passedMs += ms;
    },
    close: async () => {},
  };
});

describe('memory stores that are told not to answer', () => {
  const stores = createMemoryStores({ available: () => false });

  it('fail like a database that is away', async () => {
    await expect(stores.ping()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    await expect(stores.deployments.get('x')).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('hand back the events they could not write', async () => {
    expect(await stores.events.append([anEvent('x', '1')])).toEqual([anEvent('x', '1')]);
  });
});
