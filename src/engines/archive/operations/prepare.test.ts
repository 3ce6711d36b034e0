import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { identityToRecipient } from 'age-encryption';
import { type ArchiveScene, archiveScene, nothing } from '../../../../test/support/archive-scene.js';
import { newIdentity } from '../new-identity.js';
import { readKeys } from '../repository/keys.js';
import { makeRepository, unlockRepository } from '../repository/marker.js';
import { prepare } from './prepare.js';

let scene: ArchiveScene;
beforeEach(async () => {
  scene = await archiveScene();
});
afterEach(() => scene.close());

describe('a repository is prepared', () => {
  it('as often as wanted, at the same time too', async () => {
    const folder = join(scene.root, 'another');
    await Promise.all([1, 2, 3].map(() => prepare({ folder, keys: scene.keys }, nothing)));
    expect(await readdir(folder)).toEqual(['slipway-archive.age']);
  });

  it('also where there are no hard links, and the key that it was made with stays', async () => {
    const folder = join(scene.root, 'another');
    await mkdir(folder);
    const noLinks = (): Promise<void> => Promise.reject(Object.assign(new Error('operation not permitted'), { code: 'EPERM' }));
    const keys = await readKeys(scene.keys);
    await makeRepository(folder, keys, noLinks);
    await makeRepository(folder, await readKeys({ identity: await newIdentity(), recipients: [] }), noLinks);
    await unlockRepository(folder, keys);
    expect(await readdir(folder)).toEqual(['slipway-archive.age']);
  });

  it('only where the folder above it is', async () => {
    await expect(prepare({ folder: join(scene.root, 'no/such'), keys: scene.keys }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  });

  it('never in the place of a file', async () => {
    await writeFile(join(scene.root, 'file'), '');
    await expect(prepare({ folder: join(scene.root, 'file'), keys: scene.keys }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
  });

  it('only with the identity it was made with', async () => {
    await expect(prepare({ folder: scene.folder, keys: { identity: await newIdentity(), recipients: [] } }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_PASSWORD_WRONG' });
  });

  it('with a new identity when the former one stands below it', async () => {
    const identity = `# new\n${await newIdentity()}\n# old\n${scene.keys.identity}\n`;
    await expect(prepare({ folder: scene.folder, keys: { identity, recipients: [] } }, nothing)).resolves.toBeNull();
  });

  it.each(['', '# only a comment', 'AGE-SECRET-KEY-1NOT', 'hunter2'])('not with an identity that is none, which the error never tells: %j', async (identity) => {
    const folder = join(scene.root, 'never');
    await expect(prepare({ folder, keys: { identity, recipients: [] } }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_PASSWORD_WRONG', message: expect.not.stringMatching(/hunter2|1NOT/) });
    expect(await readdir(scene.root)).not.toContain('never');
  });

  it('for recipients only when the identity is one of theirs', async () => {
    const [mine, other] = [await identityToRecipient(scene.keys.identity), await identityToRecipient(await newIdentity())];
    await expect(prepare({ folder: scene.folder, keys: { ...scene.keys, recipients: [other, mine] } }, nothing)).resolves.toBeNull();
    await expect(prepare({ folder: scene.folder, keys: { ...scene.keys, recipients: [other] } }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_PASSWORD_WRONG' });
    await expect(prepare({ folder: scene.folder, keys: { ...scene.keys, recipients: ['age1nonsense'] } }, nothing)).rejects.toMatchObject({ code: 'REPOSITORY_PASSWORD_WRONG' });
  });

  it('beside files of others, which are left alone', async () => {
    await mkdir(join(scene.folder, 'lost+found'));
    await writeFile(join(scene.folder, 'notes.txt'), 'x');
    await prepare({ folder: scene.folder, keys: scene.keys }, nothing);
    expect((await readdir(scene.folder)).sort()).toEqual(['lost+found', 'notes.txt', 'slipway-archive.age']);
  });
});
