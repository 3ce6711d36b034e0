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
      UPDATE leases SET until = until - ${ms} * interval '1 millisecond';
      ${['deployments', 'backups', 'restores', 'drills'].map((table) => `UPDATE ${table} SET requested_at = requested_at - ${ms} * interval '1 millisecond';`).join('\n')}`),
    close: async () => {
      await stores.close();
      await database.drop();
    },
  };
});
