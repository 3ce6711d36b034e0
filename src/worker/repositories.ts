import { fileURLToPath } from 'node:url';
import { SlipwayError } from '../domain/errors.js';
import type { TextOrSecret } from '../domain/service/environment.js';
import { createArchiveEngine } from '../engines/archive/archive-engine.js';
import type { Engine } from '../engines/engine.js';
import { createResticEngine } from '../engines/restic/restic-engine.js';
import type { Programs } from '../programs/programs.js';
import type { Secrets } from '../secrets/secrets.js';
import type { RepositorySettings } from '../settings/settings.js';

/** Programs of ours that work on whole backups, each in a process of its own: the worker stays small and its watches on time. */
const ARCHIVE_PROGRAM = ownProgram('archive/program.js');
const HASH_PRODUCER = ownProgram('restic/hash-producer.js');
const READ_BACK = ownProgram('restic/read-back.js');

export interface Repositories {
  /** @throws REPOSITORY_UNKNOWN */
  readonly engine: (name: string) => Engine;
  /** @throws REPOSITORY_UNKNOWN */
  readonly pruneEveryMs: (name: string) => number;
}

/** The repositories that the operator declared, made once. Secrets are read at each use. */
export function createRepositories(settings: Readonly<Record<string, RepositorySettings>>, deps: { readonly secrets: Secrets; readonly programs: Programs }): Repositories {
  const engines = new Map(Object.entries(settings).map(([name, each]) => [name, { engine: engineOf(name, each, deps), pruneEveryMs: each.pruneEveryMs }]));
  const of = (name: string) => {
    const found = engines.get(name);
    if (!found) throw new SlipwayError('REPOSITORY_UNKNOWN', `repository ${name} is not declared on this worker`);
    return found;
  };
  return { engine: (name) => of(name).engine, pruneEveryMs: (name) => of(name).pruneEveryMs };
}

function engineOf(name: string, settings: RepositorySettings, { secrets, programs }: { secrets: Secrets; programs: Programs }): Engine {
  if (settings.kind === 'archive') {
    const { folder, identity, recipients } = settings;
    return createArchiveEngine({ name, folder, recipients, identity: () => secrets.resolve(identity.secret), programs, program: ARCHIVE_PROGRAM });
  }
  const { repository, password, env, options, program } = settings;
  return createResticEngine({
    name, repository, options, program, programs, hashProducer: HASH_PRODUCER, readBack: READ_BACK,
    password: () => secrets.resolve(password.secret), env: () => resolved(secrets, env),
  });
}

async function resolved(secrets: Secrets, env: Readonly<Record<string, TextOrSecret>>): Promise<Record<string, string>> {
  const entries = Object.entries(env).map(async ([name, value]): Promise<[string, string]> => [name, 'text' in value ? value.text : await secrets.resolve(value.secret)]);
  return Object.fromEntries(await Promise.all(entries));
}

function ownProgram(path: string): readonly string[] {
  return [process.execPath, fileURLToPath(new URL(`../engines/${path}`, import.meta.url))];
}
