import type { RouterSurvey } from '../../routers/router.js';
import type { KeeperDeps } from './deps.js';

/** Notes which entries each router instance has a place for: so a definition that names another one is refused where it is put. */
export class RouterNotes {
  /** As last written, by router and instance. */
  private readonly written = new Map<string, string>();
  private readonly swept = new Set<string>();

  constructor(private readonly deps: Pick<KeeperDeps, 'stores'>, private readonly site: string) {}

  /** Writes what has changed. @throws DATABASE_UNAVAILABLE */
  async note(router: string, { instances }: RouterSurvey): Promise<void> {
    await this.forgetOthers(router, instances.map(({ instance }) => instance));
    for (const each of instances) {
      const entries = each.ok ? each.known.toSorted() : null;
      const [key, text] = [`${router} ${each.instance}`, JSON.stringify(entries)];
      if (this.written.get(key) === text) continue;
      await this.deps.stores.keeper.sawRouter({ site: this.site, router, instance: each.instance, entries });
      this.written.set(key, text);
    }
  }

  /** What was noted of an instance that the operator has taken out, or renamed, says nothing any more. Those of today do not change while this lives. */
  private async forgetOthers(router: string, today: readonly string[]): Promise<void> {
    if (this.swept.has(router)) return;
    const { keeper } = this.deps.stores;
    const noted = (await keeper.seenRouter(this.site, router)).instances.map(({ instance }) => instance);
    for (const instance of noted) if (!today.includes(instance)) await keeper.sawRouter({ site: this.site, router, instance, entries: null });
    this.swept.add(router);
  }
}
