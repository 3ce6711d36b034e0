import type { RouterSurvey } from '../../routers/router.js';
import type { KeeperDeps } from './deps.js';

/** Notes which entries each router instance has a place for: so a definition that names another one is refused where it is put. */
export class RouterNotes {
  /** As last written, by router and instance. */
  private readonly written = new Map<string, string>();

  constructor(private readonly deps: Pick<KeeperDeps, 'stores'>, private readonly site: string) {}

  /** Writes what has changed. @throws DATABASE_UNAVAILABLE */
  async note(router: string, { instances }: RouterSurvey): Promise<void> {
    for (const each of instances) {
      const entries = each.ok ? each.known.toSorted() : null;
      const [key, text] = [`${router} ${each.instance}`, JSON.stringify(entries)];
      if (this.written.get(key) === text) continue;
      await this.deps.stores.keeper.sawRouter({ site: this.site, router, instance: each.instance, entries });
      this.written.set(key, text);
    }
  }
}
