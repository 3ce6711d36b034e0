import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { whoHasOpen, whoWritesBelow } from './who-has-open.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-open-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('names who has a file open, also under another name by now, until they end', async () => {
  const file = join(folder, 'orders.db');
  await writeFile(file, 'x');
  await writeFile(join(folder, 'other'), 'x');
  expect(await whoHasOpen([file, join(folder, 'none')])).toEqual([]);
  const holder = spawn('sh', ['-c', 'exec 3<"$0"; echo open; exec cat', file], { stdio: 'pipe' });
  await once(holder.stdout, 'data');
  expect(await whoHasOpen([file])).toEqual([expect.stringContaining(`(${holder.pid})`)]);
  expect(await whoHasOpen([join(folder, 'other')])).toEqual([]);
  await rename(file, join(folder, 'aside'));
  expect(await whoHasOpen([join(folder, 'aside')])).toHaveLength(1);
  const gone = once(holder, 'exit');
  holder.stdin.end();
  await gone;
  expect(await whoHasOpen([join(folder, 'aside')])).toEqual([]);
});

it('does not take another file of the same name for it', async () => {
  await mkdir(join(folder, 'elsewhere'));
  const [file, other] = [join(folder, 'orders.db'), join(folder, 'elsewhere/orders.db')];
  for (const each of [file, other]) await writeFile(each, 'x');
  const held = await open(other);
  expect([await whoHasOpen([file]), await whoHasOpen([other])]).toEqual([[], [expect.stringContaining(`(${process.pid})`)]]);
  await held.close();
});

it('tells writers below a folder from readers, and from those beside it', async () => {
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'read'), 'x');
  const held = [await open(join(folder, 'data', 'read')), await open(join(folder, 'data-2'), 'a')];
  expect(await whoWritesBelow(join(folder, 'data'))).toEqual([]);
  held.push(await open(join(folder, 'data', 'read'), 'r+'));
  expect(await whoWritesBelow(join(folder, 'data'))).toEqual([expect.stringContaining(`(${process.pid})`)]);
  for (const each of held) await each.close();
});
