import { type Persistence, together } from '../../domain/router/persistence.js';
import type { DiskCopy, Reach } from './disk-copy.js';
import { readSavedMark } from './saved-mark.js';

const UNSEEN: Persistence = { persisted: 'unknown', detail: 'its files are on another host, and it has not been asked yet whether that saves them' };

/** The files of a HAProxy on another host are saved there (see `persist-unit.ts`), which leaves a mark that is read here. */
export function createRemoteCopy({ talk, maps }: Reach): DiskCopy {
  const seen = new Map<string, Persistence>();
  const look: DiskCopy['look'] = async (ask, backend, map) => void seen.set(backend, await readSavedMark(ask, map));
  return {
    keepMap: async () => {},
    keepServers: async () => {},
    keepAll: () => talk(async (ask) => {
      const backends = await maps.backends(ask);
      for (const backend of seen.keys()) if (!backends.includes(backend)) seen.delete(backend);
      for (const backend of backends) await look(ask, backend, await maps.open(ask, backend));
    }),
    look,
    of: (backend) => (backend === undefined ? together([...seen.values()]) : seen.get(backend) ?? UNSEEN),
  };
}
