import type { Persistence } from '../../domain/router/persistence.js';
import type { Ask } from './admin-connection.js';
import type { MapFinder } from './map-finder.js';
import type { RuntimeMap } from './runtime-map.js';

/** The files from which a HAProxy starts again as it was: a map for each backend, and its server state file. */
export interface DiskCopy {
  /** Follows a change of the map. Never throws. */
  keepMap(backend: string): Promise<void>;
  /** Follows a change of the servers. Never throws. */
  keepServers(): Promise<void>;
  /** Writes everything that is there, changed or not. @throws ROUTER_UNREACHABLE */
  keepAll(): Promise<void>;
  /** Learns what the running process itself says about its files, on a connection that is open anyway. */
  look(ask: Ask, backend: string, map: RuntimeMap): Promise<void>;
  /** What is known of the files of a backend; without one, of all. */
  of(backend?: string): Persistence;
}

export interface Reach {
  readonly talk: <T>(about: (ask: Ask) => Promise<T>) => Promise<T>;
  readonly maps: MapFinder;
}
