import { mapValues } from '../domain/map-values.js';
import type { OperatorSettings } from './settings.js';

/** What a definition may refer to. */
export interface Catalogue {
  readonly routers: Readonly<Record<string, RouterOffer>>;
  readonly targets: Readonly<Record<string, Offer>>;
  readonly prometheus: readonly string[];
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
}

export function catalogueOf({ routers, targets, prometheus }: OperatorSettings): Catalogue {
  return {
    routers: mapValues(routers, ({ services, kind }) => ({ services, inProduction: true, percentiles: kind === 'embedded' })),
    targets: mapValues(targets, ({ services, kind, allowInProduction }) => ({ services, inProduction: kind !== 'process' || allowInProduction })),
    prometheus: Object.keys(prometheus),
  };
}
