import { describe, expect, it } from '@jest/globals';
import { placeOf, placesOverlap } from './source-place.js';
import type { SourceDeclaration, SourceLocation } from './source-spec.js';

const RULES = {
  name: 'data', repository: 'vault', keep: { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 }, timeoutMs: 1_000, maxAgeMs: null,
  restore: { keepOldMs: 0, checks: {}, verify: {} },
};
const at = (location: SourceLocation): SourceDeclaration => ({ ...RULES, at: location });
const folder = (path: string) => at({ kind: 'directory', path });
const file = (path: string) => at({ kind: 'sqlite', path });
const database = (text: string) => at({ kind: 'postgres', url: { text } });
const secret = (name: string) => at({ kind: 'postgres', url: { secret: name } });
const uses = (service: string, source: string): SourceDeclaration => ({ name: 'data', uses: { service, source } });

describe('the places of two sources', () => {
  it.each([
    ['the same folder', folder('/srv/a'), folder('/srv/a')],
    ['a folder in a folder', folder('/srv'), folder('/srv/a/b')],
    ['a file in a folder', folder('/srv/a'), file('/srv/a/data.db')],
    ['one database for two people', database('postgres://ann@db/shop'), database('postgresql://bob@DB:5432/shop?sslmode=require')],
    ['a database named like who asks', database('postgres://shop@db'), database('postgres://ann@db/shop')],
    ['a folder of sockets', database('postgres://ann@/shop?host=/run/pg'), database('postgres://bob@localhost/shop?host=/run/pg')],
    ['one secret', secret('ORDERS_URL'), secret('ORDERS_URL')],
    ['one borrowed source', uses('cart', 'orders'), uses('cart', 'orders')],
  ])('overlap: %s', (_, one, other) => {
    expect([placesOverlap(placeOf(one), placeOf(other)), placesOverlap(placeOf(other), placeOf(one))]).toEqual([true, true]);
  });

  it.each([
    ['folders side by side', folder('/srv/a'), folder('/srv/ab')],
    ['two files', file('/srv/a.db'), file('/srv/b.db')],
    ['two databases of a server', database('postgres://ann@db/shop'), database('postgres://ann@db/cart')],
    ['one name on two servers', database('postgres://ann@db:5432/shop'), database('postgres://ann@db:5433/shop')],
    ['two secrets', secret('ORDERS_URL'), secret('CARTS_URL')],
    ['two borrowed sources', uses('cart', 'orders'), uses('cart', 'items')],
  ])('do not overlap: %s', (_, one, other) => {
    expect([placesOverlap(placeOf(one), placeOf(other)), placesOverlap(placeOf(other), placeOf(one))]).toEqual([false, false]);
  });

  it('hold no name of a person', () => {
    expect(placeOf(database('postgres://ann@db/shop?user=bob'))).toBe('postgres://db:5432/shop');
  });
});
