import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkoutFolder } from '../../src/dev/checkout.js';
import { startTemporalServer, type TemporalServer } from '../../test/support/temporal-server.js';
import type { Room } from '../benchmark.js';

/** Of the build: beside `bench/` in `dist/`. */
export const WORKFLOW_BUNDLE = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));

export function cliOfTemporal(): string {
  const fetched = join(checkoutFolder(), '.slipway/tools/temporal');
  return process.env['SLIPWAY_TEMPORAL_CLI'] ?? (existsSync(fetched) ? fetched : 'temporal');
}

export interface BenchTemporal {
  readonly address: string;
  /** As a crash would. */
  kill(): Promise<void>;
  /** On the same port and the same file. */
  restart(): Promise<void>;
}

/** A dev server of the benchmark's own, on a file as in the embedded stack. */
export async function startTemporal(room: Room): Promise<BenchTemporal> {
  process.env['SLIPWAY_TEMPORAL_CLI'] = cliOfTemporal();
  const databaseFile = join(room.folder, 'temporal.db');
  let server: TemporalServer = await startTemporalServer({ databaseFile });
  const { port, address } = server;
  room.later(() => server.stop());
  return {
    address,
    kill: () => server.kill(),
    restart: async () => { server = await startTemporalServer({ port, databaseFile }); },
  };
}
