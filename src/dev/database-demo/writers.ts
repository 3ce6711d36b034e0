import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Clients that write all the time, and connect anew when their connection is gone, as applications do. */
export interface Writers {
  readonly clients: number;
  /** For each time that a client could not write: from the last commit before to the first one after. */
  gapsMs(): readonly number[];
  stop(): Promise<void>;
}

const CLIENTS = 4;
const PAUSE_MS = 20;
const RECONNECT_AFTER_MS = 10;
const ANSWER_TIMEOUT_MS = 5_000;
const ORDER = `WITH placed AS (INSERT INTO orders (customer) VALUES ($1) RETURNING id) INSERT INTO order_lines SELECT id, 1, 'tea-1', 490 FROM placed`;

export function startWriters(connectionString: string): Writers {
  const state: WritersState = { going: true, gapsMs: [] };
  const running = Array.from({ length: CLIENTS }, (_, index) => keepWriting(connectionString, index + 1, state));
  return {
    clients: CLIENTS,
    gapsMs: () => [...state.gapsMs],
    async stop() {
      state.going = false;
      await Promise.all(running);
    },
  };
}

interface WritersState {
  going: boolean;
  readonly gapsMs: number[];
}

async function keepWriting(connectionString: string, customer: number, state: WritersState): Promise<void> {
  let lastMs = performance.now();
  let failed = false;
  while (state.going) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: ANSWER_TIMEOUT_MS, query_timeout: ANSWER_TIMEOUT_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      while (state.going) {
        await client.query(ORDER, [customer]);
        if (failed) state.gapsMs.push(performance.now() - lastMs);
        failed = false;
        lastMs = performance.now();
        await sleep(PAUSE_MS);
      }
    } catch {
      failed = true;
      await sleep(RECONNECT_AFTER_MS);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
