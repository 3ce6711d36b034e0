import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { engineContract } from '../../src/engines/contract/engine-contract.js';
import { aRequest, aStream, IGNORED, soon } from '../../src/engines/contract/scene.js';
import { damageRepository } from '../support/damage-repository.js';
import { whenInstalled } from '../support/programs.js';
import { prepareRepository } from '../support/prepared-repository.js';
import { createResticScenes } from '../support/restic-scene.js';
import { whenResticIsThere } from '../support/restic.js';
import type { RemoteServer } from './remote-server.js';
import { startS3Server } from './s3-server.js';
import { startSftpServer } from './sftp-server.js';

whenResticIsThere((program) => {
  const scenes = createResticScenes(program);

  describe.each([
    ['S3', ['versitygw'], startS3Server],
    ['SFTP', ['/usr/sbin/sshd', 'ssh', 'ssh-keygen'], startSftpServer],
  ])('over %s', (name, programs, start) => {
    whenInstalled(programs, () => {
      let server: RemoteServer;
      beforeAll(async () => {
        server = await start();
      }, 60_000);
      afterAll(() => server.close(), 60_000);

      engineContract({
        name: `restic over ${name}`, damages: ['flipped', 'truncated', 'deleted', 'index'],
        async make() {
          const { open, close } = await scenes.make();
          const { behind, ...reached } = await server.place(`of-${randomUUID()}`);
          await prepareRepository(behind);
          return {
            engine: open(reached),
            stranger: open({ ...reached, password: async () => 'another password' }),
            away: open({ ...reached, repository: reached.repository.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'), limits: { shortMs: 5_000, retryLockMs: 0 } }),
            damage: (kind) => damageRepository(behind, kind),
            close,
          };
        },
      });

      it('makes the repository where there is none, and opens it from then on', async () => {
        const { open, close } = await scenes.make();
        const { behind: _, ...reached } = await server.place(`of-${randomUUID()}`);
        const engine = open(reached);
        await engine.prepare(soon());
        await engine.store(aRequest(aStream('process.stdout.write("kept")')), IGNORED, soon());
        await open(reached).prepare(soon());
        expect(await engine.find(aRequest(aStream('')).backup, soon())).toHaveLength(1);
        await close();
      }, 60_000);

      it('names a server that does not let it in by code', async () => {
        const { open, close } = await scenes.make();
        const { behind: _, ...reached } = await server.place(`of-${randomUUID()}`);
        await expect(open({ ...reached, ...server.stranger, limits: { shortMs: 10_000 } }).prepare(soon())).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
        await close();
      }, 60_000);
    });
  });
});
