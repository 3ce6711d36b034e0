import { startDatabase } from './database-server.js';

/** What all test files share, told to them by environment variables. */
export async function startServices(): Promise<{ stop: () => Promise<void> }> {
  const database = await startDatabase();
  process.env['SLIPWAY_TEST_DATABASE_URL'] = database.url;
  return { stop: () => database.stop() };
}
