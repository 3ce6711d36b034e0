import type { Programs } from '../../programs/programs.js';
import { atDatabase, parseServerAddress, type ServerAddress } from './server-address.js';

export interface PostgresSourceOptions {
  /** Of the source: names its file in a backup. */
  readonly name: string;
  /** Of the live database, for somebody who may read all of it. Asked at each use, so that a changed secret counts at once. */
  readonly url: () => Promise<string>;
  /** For somebody who may create, rename and drop databases and end their sessions. Its database must be another one than the live one, or `postgres` is taken. */
  readonly adminUrl: () => Promise<string>;
  readonly programs: Programs;
  /** Holds the files of a backup while a copy is made of them: as large as the backup. */
  readonly stagingFolder: string;
  /** Folders with `pg_dump` and `pg_restore`. @default those of PATH and where Debian, Red Hat and Homebrew put them */
  readonly clients?: readonly string[];
  /** Of each program that fills a copy. @default 24 h; usually the signal ends it earlier */
  readonly programTimeoutMs?: number;
}

/** The addresses of one call. */
export interface PostgresPlace {
  readonly live: ServerAddress;
  /** The database from which others are created, renamed and dropped. */
  readonly admin: ServerAddress;
}

const MAINTENANCE_DATABASE = 'postgres';

export async function openPlace({ name, url, adminUrl }: PostgresSourceOptions): Promise<PostgresPlace> {
  const live = parseServerAddress(name, await url());
  const admin = parseServerAddress(name, await adminUrl());
  return { live, admin: admin.database === live.database ? atDatabase(admin, MAINTENANCE_DATABASE) : admin };
}
