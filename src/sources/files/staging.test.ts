import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OTHER_RUN, RUN } from '../contract/scene.js';
import { sweepStaging, withStaging } from './staging.js';

describe('a staging folder', () => {
  let around: string;
  let root: string;
  beforeEach(async () => {
    around = await mkdtemp(join(tmpdir(), 'slipway-staging-'));
    root = join(around, 'staging');
  });
  afterEach(() => rm(around, { recursive: true }));

  /** As a killed worker leaves it: with a dump in it, untouched for so many minutes. */
  async function left(name: string, minutesAgo: number, where = root): Promise<string> {
    await mkdir(join(where, name), { recursive: true });
    await writeFile(join(where, name, 'orders.dump'), 'plain text');
    const then = new Date(Date.now() - minutesAgo * 60_000);
    await utimes(join(where, name), then, then);
    return name;
  }

  it('is there, and nobody else’s, for as long as the work', async () => {
    const folder = await withStaging(root, RUN, async (made) => {
      expect((await stat(made)).mode & 0o777).toBe(0o700);
      await writeFile(join(made, 'orders.dump'), 'plain text');
      return made;
    });
    expect(basename(folder)).toMatch(RUN);
    expect(await readdir(root)).toEqual([]);
  });

  it('is gone when the work fails', async () => {
    await expect(withStaging(root, RUN, () => Promise.reject(new Error('the repository is away')))).rejects.toThrow('the repository is away');
    expect(await readdir(root)).toEqual([]);
  });

  it('takes the room of earlier attempts, and never that of other runs', async () => {
    const other = await left(`${OTHER_RUN}-abcdef`, 0);
    await left(`${RUN}-abcdef`, 0);
    const seen = await withStaging(root, RUN, async (made) => (await readdir(root)).filter((name) => name !== basename(made)));
    expect(seen).toEqual([other]);
  });

  it('stays what another attempt made when a late one ends', async () => {
    const seen: string[] = [];
    await withStaging(root, RUN, async () => {
      await withStaging(root, RUN, async (later) => void seen.push(basename(later)));
      await left(`${RUN}-later0`, 0);
    });
    expect(await readdir(root)).toEqual([`${RUN}-later0`]);
    expect(seen).toHaveLength(1);
  });

  it('is swept when its worker died, and left alone while one touches it', async () => {
    await left(`${RUN}-abcdef`, 10);
    const live = await left(`${OTHER_RUN}-abcdef`, 1);
    const strange = await left('somebody-elses', 10_000);
    await sweepStaging(root, around);
    expect(await readdir(root)).toEqual([live, strange].sort());
  });

  it('is swept together with what programs left for days, and nothing else of the system’s', async () => {
    await left('slipway-producer-abcdef', 3_000, around);
    await left('slipway-empty-abcdef', 3_000, around);
    const kept = [await left('slipway-producer-ghijkl', 600, around), await left('other-abcdef', 3_000, around)];
    await sweepStaging(root, around);
    expect((await readdir(around)).sort()).toEqual(kept.sort());
  });

  it('that cannot be made is STAGING_FULL', async () => {
    await writeFile(root, 'a file');
    await expect(withStaging(root, RUN, async () => undefined)).rejects.toMatchObject({ code: 'STAGING_FULL' });
  });
});
