import { codeOf, messageOf, SlipwayError } from '../../domain/errors.js';
import type { Disk } from '../files/disk.js';
import type { SqliteProgram } from './sqlite-program.js';

/** Files that belong to a database while somebody has it open, or was killed. */
export const SIDES = ['-wal', '-shm', '-journal'] as const;

/**
 * Makes sure that nobody is writing, and brings what is beside the database into it: then it may be moved.
 *
 * @returns what people should know
 * @throws SWAP_FAILED while somebody holds a lock
 */
export async function bringToRest(sqlite: SqliteProgram, disk: Disk, database: string, signal: AbortSignal): Promise<string> {
  try {
    const [checkpoint = ''] = (await sqlite.run({ database, open: 'shared', signal, script: 'PRAGMA wal_checkpoint(TRUNCATE);\nBEGIN EXCLUSIVE;\nCOMMIT;' })).split('\n');
    if (checkpoint.startsWith('1')) throw new SlipwayError('SWAP_FAILED', `Somebody is reading ${database}, so it could not be brought to rest. Stop whatever uses it.`);
  } catch (error) {
    if (codeOf(error) === 'SOURCE_UNREACHABLE') throw new SlipwayError('SWAP_FAILED', `Somebody is writing to ${database}: ${messageOf(error)} Stop whatever uses it with \`quiesce\`.`, { cause: error });
    // What is no database any more has no writers, and is what people restore over.
    if (codeOf(error) === 'SOURCE_UNSUPPORTED') return `${database} was damaged`;
    throw error;
  }
  // The last one to close it takes this away.
  return (await disk.kindOf(`${database}-wal`)) === null ? '' : `somebody still has ${database} open, and goes on with it until it opens it again`;
}
