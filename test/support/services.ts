import { rm } from 'node:fs/promises';
import { bundleWorkflows } from './bundle-workflows.js';
import { startDatabase } from './database-server.js';
import { makePostgres15Template } from './postgres-15-server.js';
import { startTemporalServer } from './temporal-server.js';

/** What all test files share, told to them by environment variables. */
export async function startServices(): Promise<{ stop: () => Promise<void> }> {
  const [database, temporal, bundle, postgres15] = await Promise.all([startDatabase(), startTemporalServer(), bundleWorkflows(), makePostgres15Template()]);
  process.env['SLIPWAY_TEST_DATABASE_URL'] = database.url;
  process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] = temporal.address;
  process.env['SLIPWAY_TEST_WORKFLOW_BUNDLE'] = bundle.path;
  if (postgres15) process.env['SLIPWAY_TEST_POSTGRES_15'] = postgres15;
  return {
    stop: async () => {
      await Promise.all([database.stop(), temporal.stop(), bundle.remove()]);
      if (postgres15) await rm(postgres15, { recursive: true, force: true });
    },
  };
}
