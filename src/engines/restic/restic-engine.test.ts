import { damageRepository } from '../../../test/support/damage-repository.js';
import { createResticScenes } from '../../../test/support/restic-scene.js';
import { whenResticIsThere } from '../../../test/support/restic.js';
import { engineContract } from '../contract/engine-contract.js';

whenResticIsThere((program) => {
  const scenes = createResticScenes(program);
  engineContract({
    name: 'restic', damages: ['flipped', 'truncated', 'deleted', 'index'],
    async make() {
      const { engine, repository, open, close } = await scenes.make();
      const nowhere = { repository: 's3:http://127.0.0.1:1/bucket', env: async () => ({ AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'a secret' }) };
      return {
        engine,
        stranger: open({ password: async () => 'another password' }),
        away: open({ ...nowhere, limits: { shortMs: 1_000, retryLockMs: 0 } }),
        damage: (kind) => damageRepository(repository, kind),
        close,
      };
    },
  });
});
