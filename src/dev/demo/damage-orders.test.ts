import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { damageOrders } from './damage-orders.js';

describe('the damage of the demo', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-damage-'));
    await mkdir(join(home, 'orders.1'));
    await symlink('orders.1', join(home, 'orders'));
    await Promise.all(Array.from({ length: 40 }, (_, index) => writeFile(join(home, 'orders.1', `order-${index}.json`), '{"cents":1}\n')));
    await writeFile(join(home, 'beside'), 'whole');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is as large as it says', async () => {
    const { deleted, overwritten } = await damageOrders(join(home, 'orders'));
    const left = await readdir(join(home, 'orders'));
    const texts = await Promise.all(left.map((name) => readFile(join(home, 'orders', name), 'utf8')));
    expect([deleted, overwritten]).toEqual([4, 3]);
    expect(left).toHaveLength(36);
    expect(texts.filter((text) => text !== '{"cents":1}\n')).toHaveLength(3);
  });

  it('touches nothing beside the folder', async () => {
    await damageOrders(join(home, 'orders'));
    expect((await readdir(home)).sort()).toEqual(['beside', 'orders', 'orders.1']);
    expect(await readFile(join(home, 'beside'), 'utf8')).toBe('whole');
  });
});
