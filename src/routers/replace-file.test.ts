import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { replaceFile } from './replace-file.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-replace-'));
  path = join(folder, 'shop.map');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('a file that is replaced', () => {
  it('can be read by other users, whatever the umask', async () => {
    const umask = process.umask(0o077);
    try {
      await replaceFile(path, 'shop blue\n');
    } finally {
      process.umask(umask);
    }
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    expect(await readFile(path, 'utf8')).toBe('shop blue\n');
  });

  it('is as it was when there is nothing to write', async () => {
    await writeFile(path, 'before\n');
    await expect(replaceFile(path, ' \n')).rejects.toThrow();
    expect(await readFile(path, 'utf8')).toBe('before\n');
  });

  it('fails with the same words each time, about the file that people know, and leaves nothing', async () => {
    const missing = join(folder, 'not', 'there.map');
    const failures = [await replaceFile(missing, 'x').catch(String), await replaceFile(missing, 'x').catch(String)];
    expect(failures[0]).toBe(failures[1]);
    expect(failures[0]).toContain(`'${missing}'`);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes away what a killed writer left, and nothing of others', async () => {
    const left = [`shop.map.${await deadPid()}.0a-1b.tmp`, 'shop.map.0a-1b.tmp', `shop.map.${process.pid}.0c.tmp`];
    for (const name of left) await writeFile(join(folder, name), 'half');
    const old = new Date(Date.now() - 120_000);
    for (const name of left.slice(1)) await utimes(join(folder, name), old, old);
    // Of a writer that lives, of another map, of a person.
    const others = [`shop.map.${process.ppid}.0d.tmp`, `shop.map.backup.map.${await deadPid()}.0e.tmp`, 'shop.map.bak', 'notes.tmp'];
    for (const name of others) await writeFile(join(folder, name), 'theirs');
    await replaceFile(path, 'shop blue\n');
    expect((await readdir(folder)).sort()).toEqual([...others, 'shop.map'].sort());
  });
});
