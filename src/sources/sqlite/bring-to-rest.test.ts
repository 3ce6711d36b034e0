import { expect, it } from '@jest/globals';
import { SlipwayError } from '../../domain/errors.js';
import { createDisk, type Disk } from '../files/disk.js';
import { bringToRest } from './bring-to-rest.js';
import type { SqliteProgram } from './sqlite-program.js';

const saying = (run: SqliteProgram['run']): SqliteProgram => ({ run });
const rest = (sqlite: SqliteProgram, disk: Disk) => bringToRest(sqlite, disk, '/no/such/orders.db', AbortSignal.timeout(10_000));

it('is at rest when its log is gone', async () => {
  expect(await rest(saying(async () => '0|0|0\n'), createDisk())).toBe('');
});

it.each<[string, SqliteProgram['run'], 'file' | null]>([
  ['its log is still there, as somebody whom this worker cannot see has it open', async () => '0|0|0\n', 'file'],
  ['somebody reads it', async () => '1|3|0\n', null],
  ['somebody writes to it', () => Promise.reject(new SlipwayError('SOURCE_UNREACHABLE', 'database is locked')), null],
])('is in use when %s', async (_, run, log) => {
  await expect(rest(saying(run), { ...createDisk(), kindOf: async () => log })).rejects.toMatchObject({ code: 'SOURCE_IN_USE' });
});
