import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readlink, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ordersFolder } from './orders-folder.js';

describe('the folder of the orders', () => {
  let home = '';
  const link = () => join(home, 'storefront', 'orders');
  beforeEach(async () => { home = await mkdtemp(join(tmpdir(), 'slipway-orders-')); });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is a link', async () => {
    await ordersFolder(link());
    expect(await readlink(link())).toBe('orders.1');
  });

  it('is left as a restore made it', async () => {
    await ordersFolder(link());
    await mkdir(`${link()}.restored`);
    await symlink('orders.restored', `${link()}.new`);
    await rename(`${link()}.new`, link());
    await ordersFolder(link());
    expect(await readlink(link())).toBe('orders.restored');
  });
});
