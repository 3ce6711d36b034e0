import { describe, expect, it } from '@jest/globals';
import { failureOf, faultBeside, saidOf } from './restic-failure.js';

const said = (message: string, code = 1) => ({ exitCode: code, stderr: `${JSON.stringify({ message_type: 'exit_error', code, message })}\n` });
const error = (item: string, message: string): string => JSON.stringify({ message_type: 'error', error: { message }, during: 'restore', item });
const asIs = (text: string): string => text;

describe('what a failed restic says', () => {
  it.each([
    [10, 'REPOSITORY_UNREACHABLE'],
    [11, 'REPOSITORY_LOCKED'],
    [12, 'REPOSITORY_PASSWORD_WRONG'],
  ])('tells by its exit code %d: %s', (exitCode, code) => {
    expect(faultBeside({ exitCode, stderr: '' })).toBe(code);
  });

  it.each([
    ['Fatal: unable to save snapshot: write /r/data/5f/5fd5-tmp-1: no space left on device', 'REPOSITORY_FULL'],
    ['Save(<data/5fd5>) failed: write /r/data/5f: disk quota exceeded', 'REPOSITORY_FULL'],
    ['Stat: Get "http://127.0.0.1:1/bucket/?location=": dial tcp 127.0.0.1:1: connect: connection refused', 'REPOSITORY_UNREACHABLE'],
    ['client.BucketExists: Access Denied.', 'REPOSITORY_UNREACHABLE'],
    ['mkdir /mnt/backups/data: permission denied', 'REPOSITORY_UNREACHABLE'],
    ['Fatal: unable to open repository at /mnt/backups: mkdir /mnt/backups: no such file or directory', 'REPOSITORY_UNREACHABLE'],
  ])('is about the destination: %s', (message, code) => {
    expect(faultBeside(said(message))).toBe(code);
  });

  it.each([
    'Fatal: cannot dump file: decrypting blob <data/98ea6e4f> from 90fb0d07 failed: ciphertext verification failed',
    'Fatal: cannot dump file: path "/nope" not found in snapshot',
    'Fatal: failed to find snapshot: no matching ID found for prefix "ffffffff"',
  ])('is about the backup: %s', (message) => {
    expect(faultBeside(said(message))).toBeUndefined();
  });

  it.each([
    ['Service Unavailable.html', (name: string) => [error(`/${name}`, 'decrypting blob <data/a14de11b> failed: ciphertext verification failed')]],
    ['connection refused', (name: string) => [error(`/${name}`, `lchown /target/${name}: no such file or directory`), error(`/${name}`, 'ReadFull(<data/3b29>): file is too short')]],
    ['no space left on device', (name: string) => [JSON.stringify({ message_type: 'exit_error', code: 1, message: `Fatal: cannot dump file: path "/${name}" not found in snapshot` })]],
    ['dial tcp', (name: string) => [error(`/${name}`, 'broken'), JSON.stringify({ message_type: 'exit_error', code: 1, message: `failed to save /${name}: broken` })]],
  ])('is about the backup though a file is named %j', (name, lines) => {
    expect(faultBeside({ exitCode: 1, stderr: lines(name).join('\n') })).toBeUndefined();
  });

  it('is about the destination when what is said of a file says so', () => {
    expect(faultBeside({ exitCode: 1, stderr: error('/a', 'write /target/a: no space left on device') })).toBe('REPOSITORY_FULL');
  });

  it.each([2, 127, 128 + 9, 130])('is that it died when it ended with %d, whatever it said', (exitCode) => {
    expect(failureOf('It did not work', said('something', exitCode), asIs).code).toBe('ENGINE_DIED');
  });

  it('is ENGINE_FAILED when nobody knows better', () => {
    expect(failureOf('It did not work', said('something new', 7), asIs).code).toBe('ENGINE_FAILED');
  });

  it('is passed on once each, without its JSON and its secrets', () => {
    const error = JSON.stringify({ message_type: 'error', error: { message: 'read failed with hunter22' }, item: '/a b.dump' });
    const run = { exitCode: 1, stderr: `${error}\n${error}\nplain words\n{"message_type":"status"}\n` };
    const text = saidOf(run, (shown) => shown.replaceAll('hunter22', '***'));
    expect(text).toBe('It said: /a b.dump: read failed with ***; plain words');
  });
});
