import type { AppDeps } from '../deps.js';

/** Makes sure that the site's keeper runs. Idempotent, so it is done regularly: one that somebody ended is back within seconds. @throws TEMPORAL_UNAVAILABLE */
export const ensureKeeper = ({ keepers, site }: AppDeps) => (): Promise<void> => keepers.ensure(site);
