import { createTestDatabase, statement } from '../../../test/support/database.js';
import { storesContract } from '../contract.js';
import { migrate } from './migrate.js';
import { createPostgresStores } from './postgres-stores.js';

storesContract('PostgreSQL stores', async () => {
  const database = await createTestDatabase();
  await migrate(database.url);
  const stores = createPostgresStores({ url: database.url });
  return {
    stores,
    age: (ms) => statement(database.url, `
      UPDATE idempotency_keys SET begun_at = begun_at - ${ms} * interval '1 millisecond';
      UPDATE deployments SET requested_at = requested_at - ${ms} * interval '1 millisecond';`),
    close: async () => {
      await stores.close();
      await database.drop();
    },
  };
});
