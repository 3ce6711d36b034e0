import { startDatabase } from './database-server.js';
import { bundleWorkflows, startTemporalServer } from './temporal-server.js';

/** What all test files share, told to them by environment variables. */
export async function startServices(): Promise<{ stop: () => Promise<void> }> {
  const [database, temporal, bundle] = await Promise.all([startDatabase(), startTemporalServer(), bundleWorkflows()]);
  process.env['SLIPWAY_TEST_DATABASE_URL'] = database.url;
  process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] = temporal.address;
  process.env['SLIPWAY_TEST_WORKFLOW_BUNDLE'] = bundle.path;
  return { stop: async () => { await Promise.all([database.stop(), temporal.stop(), bundle.remove()]); } };
}
