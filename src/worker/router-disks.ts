import { Gauge, type Registry } from 'prom-client';
import type { Router } from '../routers/router.js';

export type WatchedRouter = Pick<Router, 'name' | 'persistPolicy' | 'persistence'>;

export interface DiskProblem {
  readonly text: string;
  /** Deployments to this router are refused meanwhile. */
  readonly refuses: boolean;
}

/** What could not be written to the disks of the routers, as far as this process knows. */
export function diskProblems(routers: readonly WatchedRouter[]): readonly DiskProblem[] {
  return routers.flatMap(({ name, persistPolicy, persistence }) => persistence().flatMap(({ instance, persistence: known }) => {
    const refuses = persistPolicy === 'required';
    if (known.persisted === 'yes' || (known.persisted === 'unknown' && !refuses)) return [];
    const what = known.persisted === 'no' ? 'would not start again as it is now' : 'is not known to be on its disk';
    return [{ text: `router ${name}, instance ${instance} ${what}: ${known.detail}`, refuses }];
  }));
}

/** Left out where nobody knows: absence is not health. */
export function registerDiskGauge(registry: Registry, routers: () => readonly WatchedRouter[]): void {
  const gauge = new Gauge({
    name: 'slipway_router_persisted', help: 'Whether what a router instance holds is on its disk, so that it would start again as it is now.',
    labelNames: ['router', 'instance'],
    registers: [registry],
    collect() {
      gauge.reset();
      for (const { name, persistence } of routers()) {
        for (const { instance, persistence: { persisted } } of persistence()) {
          if (persisted !== 'unknown') gauge.set({ router: name, instance }, persisted === 'yes' ? 1 : 0);
        }
      }
    },
  });
}
