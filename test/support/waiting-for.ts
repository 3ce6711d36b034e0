import pg from 'pg';

/** Until some session of the database waits for such a lock. */
export async function waitingFor(url: string, event: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const deadline = Date.now() + 5_000;
  try {
    for (;;) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_stat_activity WHERE wait_event = $1 AND datname = current_database()', [event]);
      if ((rowCount ?? 0) > 0) return;
      if (Date.now() > deadline) throw new Error(`Nobody waits for ${event}.`);
    }
  } finally {
    await client.end();
  }
}
