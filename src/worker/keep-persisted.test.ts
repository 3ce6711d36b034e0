import { describe, expect, it } from '@jest/globals';
import { createFakeRouter } from '../routers/fake/fake-router.js';
import { eventually } from '../routers/contract/scene.js';
import { keepPersisted } from './keep-persisted.js';

describe('a worker beside its routers', () => {
  it('knows a disk that takes nothing before anybody deploys, and that it works again', async () => {
    const { router, control } = createFakeRouter();
    control.failDisk('a', 'ENOSPC: no space left on device');
    const stopping = new AbortController();
    const kept = keepPersisted([router], { againMs: 1, everyMs: 1, signal: stopping.signal });
    await eventually('it is known', async () => router.persistence()[0]?.persistence.persisted === 'no');
    control.failDisk('a', undefined);
    await eventually('it is mended', async () => router.persistence()[0]?.persistence.persisted === 'yes');
    stopping.abort();
    await kept;
  });

  it('asks a router that is away again soon, and the others all the same', async () => {
    const away = createFakeRouter();
    const there = createFakeRouter();
    away.control.away('a');
    const stopping = new AbortController();
    const kept = keepPersisted([away.router, there.router], { againMs: 1, signal: stopping.signal });
    await eventually('the other has written', async () => there.router.persistence()[0]?.persistence.persisted === 'yes');
    away.control.back('a');
    await eventually('it has written too', async () => away.router.persistence()[0]?.persistence.persisted === 'yes');
    stopping.abort();
    await kept;
    expect(there.control.calls.filter(({ call }) => call === 'persist')).toHaveLength(1);
  });
});
