import { decodeEntry, splitOf } from '../../../src/domain/router/entry.js';
import type { Router } from '../../../src/routers/router.js';
import type { HaproxyFixture } from '../haproxy.js';
import { mapsOf } from './haproxy-counters.js';

/** The candidate's share on every instance in percent, pulls counted; undefined where an instance was not read. */
export async function candidatePercents(router: Router, backend: string): Promise<readonly (number | undefined)[]> {
  const { instances } = await router.read(backend);
  return instances.map((one) => {
    if (!one.ok) return undefined;
    const split = splitOf(one.entry, one.tombstones);
    return (one.entry.stable === 'blue' ? split.green : split.blue) / 100;
  });
}

/** The same, from what HAProxy itself prints. */
export async function haproxyPercents(haproxy: HaproxyFixture): Promise<readonly (number | undefined)[]> {
  return (await mapsOf(haproxy)).map((lines) => {
    const entry = decodeEntry(lines.find((line) => line.startsWith(`${haproxy.backend} `))?.slice(haproxy.backend.length + 1) ?? '');
    if (!entry) return undefined;
    return lines.some((line) => line.startsWith(`dead-${entry.generation} 1`)) ? 0 : entry.candidateShare / 100;
  });
}
