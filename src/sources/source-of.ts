import type { SourceSpec } from '../domain/backup/source-spec.js';
import type { TextOrSecret } from '../domain/service/environment.js';
import type { Programs } from '../programs/programs.js';
import type { Secrets } from '../secrets/secrets.js';
import { createDirectorySource } from './directory/directory-source.js';
import { createPostgresSource } from './postgres/postgres-source.js';
import type { Source } from './source.js';
import { createSqliteSource } from './sqlite/sqlite-source.js';

export interface Sources {
  /** Reaches nothing yet; secrets are read at each use. */
  of(spec: SourceSpec): Source;
}

export interface SourcesDeps {
  readonly secrets: Secrets;
  readonly programs: Programs;
  readonly stagingFolder: string;
}

/** Makes sources from what definitions say of them. */
export function createSources({ secrets, programs, stagingFolder }: SourcesDeps): Sources {
  const textOf = async (value: TextOrSecret) => ('secret' in value ? secrets.resolve(value.secret) : value.text);
  return {
    of({ name, at, timeoutMs, restore }) {
      if (at.kind === 'directory') return createDirectorySource({ name, path: at.path, programs, writers: restore.quiesce ? 'stopped' : 'unknown' });
      if (at.kind === 'sqlite') return createSqliteSource({ name, path: at.path, programs, stagingFolder, timeoutMs });
      const { url, admin = url } = at;
      return createPostgresSource({ name, url: () => textOf(url), adminUrl: () => textOf(admin), programs, stagingFolder, programTimeoutMs: timeoutMs });
    },
  };
}
