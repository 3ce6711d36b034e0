import { resolve } from 'node:path';
import { mapValues } from '../domain/map-values.js';
import type { OperatorSettings, RepositorySettings } from './settings.js';

/** What a definition may refer to. */
export interface Catalogue {
  readonly routers: Readonly<Record<string, RouterOffer>>;
  readonly targets: Readonly<Record<string, Offer>>;
  readonly prometheus: readonly string[];
  readonly repositories: Readonly<Record<string, RepositoryOffer>>;
  /** All workers see one file system: a path means the same data to each. */
  readonly singleHost: boolean;
}

export interface Offer {
  /** Who may use it; undefined: every service. */
  readonly services: readonly string[] | undefined;
  /** Whether environments named `production` may use it. */
  readonly inProduction: boolean;
}

interface RouterOffer extends Offer {
  /** Whether it measures latencies. */
  readonly percentiles: boolean;
  /** Its instances that are left out of everything. */
  readonly maintenance: readonly string[];
}

interface RepositoryOffer extends Offer {
  /** Where it lies on the hosts of the workers; undefined: elsewhere. */
  readonly folder: string | undefined;
}

export function catalogueOf({ routers, targets, prometheus, repositories, singleHost }: OperatorSettings): Catalogue {
  return {
    routers: mapValues(routers, (router) => ({
      services: router.services, inProduction: true, percentiles: router.kind === 'embedded' || router.percentiles, maintenance: router.kind === 'haproxy' ? router.maintenance : [],
    })),
    targets: mapValues(targets, ({ services, kind, allowInProduction }) => ({ services, inProduction: kind !== 'process' || allowInProduction })),
    prometheus: Object.keys(prometheus),
    repositories: mapValues(repositories, (repository) => ({ services: repository.services, inProduction: true, folder: folderOf(repository) })),
    singleHost,
  };
}

function folderOf(repository: RepositorySettings): string | undefined {
  if (repository.kind === 'archive') return resolve(repository.folder);
  return repository.repository.startsWith('/') ? resolve(repository.repository) : undefined;
}
