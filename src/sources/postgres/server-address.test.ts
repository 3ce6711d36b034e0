import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { databaseArgument } from './client-environment.js';
import { parseServerAddress, placeOf, urlOf } from './server-address.js';

const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((one) => !one.includes('\0'));

describe('the address of a server', () => {
  it('keeps any user, password and database through its text', () => {
    fc.assert(fc.property(text, text, text, (user, password, database) => {
      const address = { host: '127.0.0.1', port: 5_433, user, password, database, tls: { sslmode: 'require' as const } };
      expect(parseServerAddress('orders', urlOf(address))).toEqual(address);
    }));
  });

  it.each(['.', '..', '%2e', 'a/../b'])('keeps a database named %j', (database) => {
    const address = { host: 'db', port: 5_432, user: 'u', password: null, database, tls: {} };
    expect(parseServerAddress('orders', urlOf(address))).toEqual(address);
  });

  it.each([
    ['postgres://u@db.example/shop', { host: 'db.example', port: 5_432, user: 'u', password: null, database: 'shop' }],
    ['postgresql://u:p@[::1]:5433/shop', { host: '::1', port: 5_433 }],
    ['postgres://u@%2Fvar%2Frun%2Fpostgresql/shop', { host: '/var/run/postgresql' }],
    ['postgres:///shop?host=/tmp&user=u&port=5434', { host: '/tmp', port: 5_434, user: 'u' }],
    ['postgres://u:p@/shop?host=/tmp', { host: '/tmp', user: 'u', password: 'p' }],
    ['postgres://shop@db', { database: 'shop' }],
    ['postgres://u@db/a%2Fb%3Fc', { database: 'a/b?c' }],
  ])('reads %s', (url, expected) => {
    expect(parseServerAddress('orders', url)).toMatchObject(expected);
  });

  it('keeps a folder of sockets and an IPv6 address through its text', () => {
    for (const host of ['/var/run/postgresql', '::1']) {
      const address = { host, port: 5_433, user: 'u', password: null, database: 'shop', tls: {} };
      expect(parseServerAddress('orders', urlOf(address))).toEqual(address);
    }
  });

  it.each(['', 'shop', 'mysql://u:geheim@db/shop', 'postgres://a:geheim@one,two/shop', 'postgres://db/shop', 'postgres://u:%zzgeheim@db/shop'])('refuses %j without repeating it', (url) => {
    const refusal = (): unknown => {
      try {
        return parseServerAddress('orders', url);
      } catch (error) {
        return error;
      }
    };
    expect(refusal()).toMatchObject({ code: 'SOURCE_REFUSED', message: expect.not.stringContaining('geheim') });
  });

  it.each([
    ['sslmod=require', 'sslmode'], ['sslMode=require', 'sslmode'], ['schema=public', 'Known are'], ['sslmode=always', 'verify-full'], ['sslmode=verify-full', 'sslrootcert'],
  ])('refuses ?%s, which would be left out in silence, naming %s', (parameters, hint) => {
    expect(() => parseServerAddress('orders', `postgres://u:geheim@db/shop?${parameters}`)).toThrow(expect.objectContaining({ code: 'SOURCE_REFUSED', message: expect.stringContaining(hint) }));
  });

  it('takes parameters that sessions of ours say by themselves', () => {
    expect(parseServerAddress('orders', 'postgres://u@db/shop?application_name=shop&connect_timeout=5').tls).toEqual({});
  });

  it('is told to people without the password', () => {
    expect(placeOf(parseServerAddress('orders', 'postgres://u:geheim@db/shop'))).not.toContain('geheim');
  });

  it('makes an argument that cannot be taken for connection settings', () => {
    expect(databaseArgument(`a='b' host=evil \\`)).toBe(`dbname='a=\\'b\\' host=evil \\\\'`);
  });
});
