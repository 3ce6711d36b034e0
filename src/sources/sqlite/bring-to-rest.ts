import { codeOf, messageOf, SlipwayError } from '../../domain/errors.js';
import type { Disk } from '../files/disk.js';
import { whoHasOpen } from '../files/who-has-open.js';
import type { SqliteProgram } from './sqlite-program.js';

/** Files that belong to a database while somebody has it open, or was killed. */
export const SIDES = ['-wal', '-shm', '-journal'] as const;

/**
 * Makes sure that nobody has the database open, and brings what is beside it into it: then it may be moved. A connection that outlives the move
 * goes on with the files it has, and finds or makes others under their names: what it writes is lost, and maybe what others write.
 *
 * @returns what people should know
 * @throws SOURCE_IN_USE with nothing moved
 */
export async function bringToRest(sqlite: SqliteProgram, disk: Disk, database: string, signal: AbortSignal): Promise<string> {
  const who = await whoHasOpen([database, ...SIDES.map((side) => database + side)]);
  if (who.length > 0) throw inUse(database, `is open in ${who.join(', ')}`);
  try {
    const [checkpoint = ''] = (await sqlite.run({ database, open: 'shared', signal, script: 'PRAGMA wal_checkpoint(TRUNCATE);\nBEGIN EXCLUSIVE;\nCOMMIT;' })).split('\n');
    if (checkpoint.startsWith('1')) throw inUse(database, 'is being read');
  } catch (error) {
    if (codeOf(error) === 'SOURCE_UNREACHABLE') throw inUse(database, `is being written to (${messageOf(error)})`, error);
    // What is no database any more has no writers, and is what people restore over.
    if (codeOf(error) === 'SOURCE_UNSUPPORTED') return `${database} was damaged`;
    throw error;
  }
  // The last one to close it takes this away.
  if ((await disk.kindOf(`${database}-wal`)) !== null) throw inUse(database, 'is still open in a process that this worker cannot see');
  return '';
}

function inUse(database: string, how: string, cause?: unknown): SlipwayError {
  return new SlipwayError('SOURCE_IN_USE', `${database} ${how}. Stop whatever uses it, readers too, and let the command of \`quiesce\` do so: nothing was moved.`, { cause });
}
