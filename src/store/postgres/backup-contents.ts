import { and, eq, gt, lt, or, sql } from 'drizzle-orm';
import type { Manifest } from '../../domain/backup/manifest.js';
import { keptAttempts, type BackupRow } from '../backup-row.js';
import type { BackupContent } from '../backup-stores.js';
import { moment } from '../moment.js';
import { backupContents as contents, backups } from './backup-schema.js';
import type { Queries } from './database.js';

/** @returns false when the backup has ended, or there is none. */
export async function insertContent(queries: Queries, backup: string, attempt: number, content: BackupContent): Promise<boolean> {
  const [open] = await queries.select({ endedAt: backups.endedAt }).from(backups).where(eq(backups.id, backup)).for('share');
  if (open?.endedAt !== null) return false;
  await queries.insert(contents).values({ ...content, at: moment(content.at), backup, attempt }).onConflictDoNothing();
  return true;
}

/** @returns false when there is no such content. */
export async function putManifest(queries: Queries, backup: string, attempt: number, manifest: Manifest): Promise<boolean> {
  const put = await queries.update(contents).set({ manifest })
    .where(and(eq(contents.backup, backup), eq(contents.attempt, attempt))).returning({ attempt: contents.attempt });
  return put.length > 0;
}

export async function findContent(queries: Queries, backup: string, attempt: number | undefined): Promise<BackupContent | undefined> {
  const counts = sql`(SELECT ${backups.attempt} FROM ${backups} WHERE ${backups.id} = ${backup})`;
  const [row] = await queries.select({ fingerprint: contents.fingerprint, at: contents.at, manifest: contents.manifest }).from(contents)
    .where(and(eq(contents.backup, backup), eq(contents.attempt, attempt ?? counts)));
  return row;
}

/** Nobody will ask for them again. */
export async function dropContents(queries: Queries, row: BackupRow): Promise<void> {
  const [from, to] = keptAttempts(row);
  await queries.delete(contents).where(and(eq(contents.backup, row.record.id), or(lt(contents.attempt, from), gt(contents.attempt, to))));
}
