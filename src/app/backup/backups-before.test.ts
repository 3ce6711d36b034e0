import { beforeEach, describe, expect, it } from '@jest/globals';
import { createDefinitionReader } from '../../api/definition-reader.js';
import type { JsonObject } from '../../domain/json.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { Environments } from '../service/environments.js';
import { serviceOf } from '../service/service-of.js';
import { backupsBefore } from './backups-before.js';

const ENVIRONMENT = { router: { use: 'edge' }, target: { use: 'hosts', instances: 1 }, strategy: { blueGreen: {} } };
const SOURCE = (name: string) => ({ directory: { path: `/srv/${name}` }, repository: 'vault' });

describe('what is backed up before a deployment', () => {
  const deps = { stores: createMemoryStores({}), environments: new Environments(createDefinitionReader(() => undefined)), site: 'default' };
  const put = async (service: string, backups: JsonObject, protect: JsonObject | null = { backup: 'before' }, environment = 'production'): Promise<void> => {
    const definition = { service, environments: { [environment]: { ...ENVIRONMENT, backups, ...(protect && { protect }) } } };
    await deps.stores.services.put({ service, definition, by: 'ann', entries: [], sources: [] });
  };
  const before = async (service: string): Promise<string[]> => {
    const plans = await backupsBefore(deps, deps.environments.of(await serviceOf(deps.stores, service), 'production'));
    return plans.map((plan) => `${plan.service}/${plan.source.name} at ${plan.site}`);
  };
  beforeEach(() => put('orders', { ledger: SOURCE('ledger') }));

  it('is every source of the environment, its own and those it uses by their owner’s definition', async () => {
    await put('shop', { files: SOURCE('files'), orders: { uses: 'orders/ledger' } });
    expect(await before('shop')).toEqual(['orders/ledger at default', 'shop/files at default']);
  });

  it('is nothing where that is not asked for', async () => {
    await put('shop', { files: SOURCE('files') }, null);
    expect(await before('shop')).toEqual([]);
    await put('shop', { files: SOURCE('files') }, { backup: 'none' });
    expect(await before('shop')).toEqual([]);
  });

  it('is refused while the owner, its environment or its source is not there', async () => {
    await put('shop', { orders: { uses: 'nobody/ledger' } });
    await expect(before('shop')).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
    await put('elsewhere', { ledger: SOURCE('ledger') }, null, 'staging');
    await put('shop', { orders: { uses: 'elsewhere/ledger' } });
    await expect(before('shop')).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
    await put('shop', { orders: { uses: 'orders/nothing' } });
    await expect(before('shop')).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
  });

  it('is refused when the other service only uses it, too', async () => {
    await put('carts', { ledger: { uses: 'orders/ledger' } });
    await put('shop', { orders: { uses: 'carts/ledger' } });
    await expect(before('shop')).rejects.toMatchObject({ code: 'SOURCE_NOT_OWNED' });
  });
});
