import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { whenInstalled } from '../../../test/support/programs.js';
import { unprivileged } from '../../dev/postgres/unprivileged.js';
import { createPrograms } from '../../programs/programs.js';
import { keepContent } from '../contract/keep-content.js';
import { contextOf } from '../contract/scene.js';
import { createPostgresSource } from './postgres-source.js';
import { parseServerAddress } from './server-address.js';
import { withSession } from './session.js';

const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 200 });

whenPostgres15(() => whenInstalled(['openssl'], () => {
  describe('a connection to a server that has encryption', () => {
    let server: Postgres15;
    let folder: string;
    beforeAll(async () => {
      folder = await certificates();
      server = await startPostgres15({ ssl: 'on', ssl_cert_file: join(folder, 'server.crt'), ssl_key_file: join(folder, 'server.key'), hba_file: join(folder, 'hba.conf') });
      for (const name of ['guarded', 'plain']) await server.run('postgres', `CREATE ROLE ${name} LOGIN PASSWORD 'geheim'`, `GRANT pg_read_all_data TO ${name}`);
    }, 60_000);
    afterAll(async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    }, 60_000);

    /** `guarded` must encrypt, `plain` must not. */
    const urlOf = (role: string, parameters = '') => `${server.url('postgres', { name: role, password: 'geheim' })}${parameters && `?${parameters}`}`;
    const isEncrypted = (url: string) => withSession(parseServerAddress('orders', url), contextOf(), async (client) => (
      (await client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).rows[0]?.ssl));

    it.each([
      ['guarded', ''], ['guarded', 'sslmode=prefer'], ['guarded', 'sslmode=allow'], ['guarded', 'sslmode=require'],
      ['guarded', 'sslmode=verify-ca&sslrootcert=CA'], ['guarded', 'sslmode=verify-full&sslrootcert=CA'],
    ])('is encrypted as %s with %j', async (role, parameters) => {
      expect(await isEncrypted(urlOf(role, parameters.replace('CA', join(folder, 'server.crt'))))).toBe(true);
    });

    it('is made without where only that is let in, as nothing was promised', async () => {
      expect(await isEncrypted(urlOf('plain'))).toBe(false);
      await expect(isEncrypted(urlOf('plain', 'sslmode=require'))).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    });

    it('that the server wants encrypted says how when it is not', async () => {
      await expect(isEncrypted(urlOf('guarded', 'sslmode=disable'))).rejects.toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('?sslmode=require') });
    });

    it('is refused to a server whose certificate another one signed', async () => {
      await expect(isEncrypted(urlOf('guarded', `sslmode=verify-full&sslrootcert=${join(folder, 'other.crt')}`))).rejects.toMatchObject({ code: 'SOURCE_REFUSED' });
    });

    it('names the file that the worker does not have', async () => {
      await expect(isEncrypted(urlOf('guarded', 'sslmode=verify-full&sslrootcert=/no/such.crt'))).rejects.toMatchObject({ code: 'SOURCE_REFUSED', message: expect.stringContaining('/no/such.crt') });
    });

    it.each(['', `sslmode=verify-full&sslrootcert=CA`])('is made by the client programs in the same way: %j', async (parameters) => {
      const url = urlOf('guarded', parameters.replace('CA', join(folder, 'server.crt')));
      const source = createPostgresSource({ name: 'orders', url: async () => url, adminUrl: async () => url, programs, stagingFolder: join(folder, 'staging'), clients: [server.clients] });
      const kept = await mkdtemp(join(folder, 'kept-'));
      await expect(source.capture(contextOf(), ({ content }) => keepContent(content, kept))).resolves.toBeUndefined();
    });
  });
}));

/** For the server at 127.0.0.1: a certificate that signs itself, and one of somebody else's. */
async function certificates(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-certificates-'));
  for (const name of ['server', 'other']) {
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
      '-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`),
    ], { stdio: 'ignore', timeout: 60_000 });
  }
  const lines = ['hostssl all guarded 127.0.0.1/32 scram-sha-256', 'hostnossl all plain 127.0.0.1/32 scram-sha-256', 'host all postgres 127.0.0.1/32 scram-sha-256'];
  await writeFile(join(folder, 'hba.conf'), `${lines.join('\n')}\n`);
  await chmod(folder, 0o755);
  const { owner } = unprivileged();
  for (const name of ['server.key', 'hba.conf']) {
    await chmod(join(folder, name), 0o600);
    if (owner) await chown(join(folder, name), owner.uid, owner.gid);
  }
  return folder;
}
