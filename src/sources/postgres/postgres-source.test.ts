import { afterAll, beforeAll, describe } from '@jest/globals';
import { type Postgres15, startPostgres15, whenPostgres15 } from '../../../test/support/postgres-15.js';
import { postgresScene } from '../../../test/support/postgres-scene.js';
import { sourceContract } from '../contract.js';

whenPostgres15(() => {
  describe('PostgreSQL', () => {
    let server: Postgres15;
    beforeAll(async () => {
      server = await startPostgres15();
    }, 60_000);
    afterAll(() => server.stop(), 60_000);

    sourceContract('the PostgreSQL source', ['snapshot', 'read-only', 'fenced'], () => postgresScene(server, `The "shop's" Größe=1`));
  });
});
