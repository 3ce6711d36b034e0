import { and, eq, gt, lt, or, sql, type SQL } from 'drizzle-orm';
import type { FingerprintItem } from '../../domain/backup/fingerprint.js';
import type { Manifest, ManifestEntry } from '../../domain/backup/manifest.js';
import { keptAttempts, type BackupRow } from '../backup-row.js';
import type { BackupContent } from '../backup-stores.js';
import { moment } from '../moment.js';
import { backupContentParts as parts, backupContents as contents, backups } from './backup-schema.js';
import type { Queries } from './database.js';

/** About 300 kB: a few milliseconds of this process's time, which others share. */
const ENTRIES_A_PART = 2_000;

interface PartsOf { readonly backup: string; readonly attempt: number; readonly of: 'fingerprint' | 'manifest' }

/** @returns false when the backup has ended, or there is none. */
export async function insertContent(queries: Queries, backup: string, attempt: number, content: BackupContent): Promise<boolean> {
  const [open] = await queries.select({ endedAt: backups.endedAt }).from(backups).where(eq(backups.id, backup)).for('share');
  if (open?.endedAt !== null) return false;
  const { fingerprint: { items, about }, manifest, at } = content;
  const inserted = await queries.insert(contents).values({ backup, attempt, at: moment(at), about, manifest: manifest !== null })
    .onConflictDoNothing().returning({ attempt: contents.attempt });
  if (inserted.length === 0) return true;
  await insertParts(queries, { backup, attempt, of: 'fingerprint' }, items);
  if (manifest) await insertParts(queries, { backup, attempt, of: 'manifest' }, manifest.files);
  return true;
}

/** @returns false when there is no such content. */
export async function putManifest(queries: Queries, backup: string, attempt: number, manifest: Manifest): Promise<boolean> {
  const put = await queries.update(contents).set({ manifest: true })
    .where(and(eq(contents.backup, backup), eq(contents.attempt, attempt))).returning({ attempt: contents.attempt });
  if (put.length === 0) return false;
  const which: PartsOf = { backup, attempt, of: 'manifest' };
  await queries.delete(parts).where(matching(which));
  await insertParts(queries, which, manifest.files);
  return true;
}

/** Within a transaction: the lock keeps it from being dropped while its parts are read. */
/** Of whatever attempt. */
export async function hasContent(queries: Queries, backup: string): Promise<boolean> {
  return (await queries.select({ attempt: contents.attempt }).from(contents).where(eq(contents.backup, backup)).limit(1)).length > 0;
}

export async function findContent(queries: Queries, backup: string, attempt: number | undefined): Promise<BackupContent | undefined> {
  const counts = sql`(SELECT ${backups.attempt} FROM ${backups} WHERE ${backups.id} = ${backup})`;
  const [found] = await queries.select().from(contents).where(and(eq(contents.backup, backup), eq(contents.attempt, attempt ?? counts))).for('share');
  if (!found) return undefined;
  const key = { backup, attempt: found.attempt };
  const items = await readParts<FingerprintItem>(queries, { ...key, of: 'fingerprint' });
  const files = found.manifest ? await readParts<ManifestEntry>(queries, { ...key, of: 'manifest' }) : null;
  return { fingerprint: { items, about: found.about }, at: found.at, manifest: files && { files } };
}

/** Nobody will ask for them again. */
export async function dropContents(queries: Queries, row: BackupRow): Promise<void> {
  const [from, to] = keptAttempts(row);
  await queries.delete(contents).where(and(eq(contents.backup, row.record.id), or(lt(contents.attempt, from), gt(contents.attempt, to))));
}

async function insertParts(queries: Queries, which: PartsOf, entriesByName: Readonly<Record<string, unknown>>): Promise<void> {
  const entries = Object.entries(entriesByName);
  for (let start = 0; start < entries.length; start += ENTRIES_A_PART) {
    await queries.insert(parts).values({ ...which, part: start / ENTRIES_A_PART, entries: entries.slice(start, start + ENTRIES_A_PART) });
  }
}

async function readParts<Entry>(queries: Queries, which: PartsOf): Promise<Readonly<Record<string, Entry>>> {
  const entries: (readonly [string, Entry])[] = [];
  for (let part = 0; ; part += 1) {
    const [row] = await queries.select({ entries: parts.entries }).from(parts).where(and(matching(which), eq(parts.part, part)));
    if (!row) return Object.fromEntries(entries);
    // What `insertParts` wrote under this name.
    entries.push(...row.entries as readonly (readonly [string, Entry])[]);
  }
}

function matching({ backup, attempt, of }: PartsOf): SQL | undefined {
  return and(eq(parts.backup, backup), eq(parts.attempt, attempt), eq(parts.of, of));
}
