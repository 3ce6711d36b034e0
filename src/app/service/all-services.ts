import type { ServiceRecord, Stores } from '../../store/stores.js';

const PAGE = 200;

/**
 * Every service by its newest definition, also one that is put while we read: the list has those that changed last first, so it is read from
 * the top again until it says nothing new.
 *
 * @throws DATABASE_UNAVAILABLE
 */
export async function allServices({ services }: Pick<Stores, 'services'>): Promise<readonly ServiceRecord[]> {
  const known = new Map<string, ServiceRecord>();
  for (;;) {
    const { pages, news } = await readNews(services, known);
    // One page is one statement: nothing can slip by.
    if (pages <= 1 || !news) return [...known.values()];
  }
}

async function readNews(services: Stores['services'], known: Map<string, ServiceRecord>): Promise<{ pages: number; news: boolean }> {
  let [pages, news, cursor]: [number, boolean, string | null] = [0, false, null];
  do {
    const page: Awaited<ReturnType<typeof services.list>> = await services.list({ limit: PAGE, ...(cursor !== null && { cursor }) });
    const fresh = page.items.filter(({ service, revision }) => known.get(service)?.revision !== revision);
    for (const record of fresh) known.set(record.service, record);
    pages += 1;
    news ||= fresh.length > 0;
    cursor = fresh.length > 0 ? page.next : null;
  } while (cursor !== null);
  return { pages, news };
}
