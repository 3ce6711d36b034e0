import { SlipwayError } from '../../domain/errors.js';
import { installation } from './backup-schema.js';
import type { Database } from './database.js';

/** The one row that the migration made. */
export async function installationOf(database: Database): Promise<string> {
  const [row] = await database.run((queries) => queries.select().from(installation));
  if (row) return row.id;
  throw new SlipwayError('DATABASE_UNAVAILABLE', 'The row of table `installation` is gone. Insert it again: `INSERT INTO installation DEFAULT VALUES`.');
}
