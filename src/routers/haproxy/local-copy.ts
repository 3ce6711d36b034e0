import { isAbsolute } from 'node:path';
import type { Logger } from '../../domain/logger.js';
import { type Persistence, together } from '../../domain/router/persistence.js';
import { followInFile, type KeptFile, keptFile } from '../kept-file.js';
import type { Ask } from './admin-connection.js';
import type { DiskCopy, Reach } from './disk-copy.js';
import { openMap } from './runtime-map.js';

export interface LocalCopyOptions {
  /** The instance. */
  readonly name: string;
  readonly stateFile?: string;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

const NO_STATE_FILE: Persistence = { persisted: 'unknown', detail: 'no `stateFile` is set: its servers are lost when it restarts' };

/** The files of a HAProxy on this host are written after each change, from what the running process holds. */
export function createLocalCopy({ name, stateFile, logger }: LocalCopyOptions, { talk, maps }: Reach): DiskCopy {
  const copies = new Map<string, KeptFile>();
  const turned = (now: Persistence): void => {
    const about = { instance: name };
    if (now.persisted === 'no') logger.warn(about, `HAProxy ${name} runs as it should, but would not start again so: ${now.detail}`);
    else logger.info(about, `HAProxy ${name}: what could not be written is on the disk again`);
  };
  const servers = stateFile === undefined ? undefined : keptFile({
    what: `the state file ${stateFile}`, write: () => followInFile(stateFile, () => talk(dumpServers)), turned,
  });

  function copyOf(backend: string): KeptFile {
    const copy = copies.get(backend) ?? keptFile({ what: `the map of ${backend}`, write: () => writeMap(backend), turned });
    copies.set(backend, copy);
    return copy;
  }

  async function writeMap(backend: string): Promise<void> {
    const path = await talk(async (ask) => (await maps.open(ask, backend)).path);
    if (!isAbsolute(path)) throw new Error(`its path ${path} is not absolute`);
    await followInFile(path, () => talk(async (ask) => openMap(ask, backend, path).dump()));
  }

  return {
    keepMap: async (backend) => void (await copyOf(backend).keep()),
    keepServers: async () => void (await servers?.keep()),
    async keepAll() {
      const backends = await talk((ask) => maps.backends(ask));
      // What HAProxy has no map for any more needs no file.
      for (const backend of copies.keys()) if (!backends.includes(backend)) copies.delete(backend);
      for (const backend of backends) await copyOf(backend).keep();
      await servers?.keep();
    },
    look: async () => {},
    of(backend) {
      const known = backend === undefined ? [...copies.values()] : [copyOf(backend)];
      return together([...known.map(({ persistence }) => persistence), servers?.persistence ?? NO_STATE_FILE]);
    },
  };
}

async function dumpServers(ask: Ask): Promise<string> {
  return `${await ask('show servers state')}\n`;
}
