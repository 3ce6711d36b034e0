import { messageOf } from '../../src/domain/errors.js';
import type { Prober } from '../../src/probes/probe.js';
import { createFakeRouter } from '../../src/routers/fake/fake-router.js';
import type { Router } from '../../src/routers/router.js';
import { createStaticTarget } from '../../src/targets/static/static-target.js';
import { openRoom } from '../room.js';
import { deploy } from './deploy.js';
import { settled, settledServer, unwritten } from './edge.js';
import { planFor } from './plans.js';
import { quietRuntime, startWorkers } from './workers.js';

/** What the benchmark tells this process: to start canaries, or to say how many were watched since a time (ms since the epoch). */
export type LiveCommand = { readonly start: readonly string[] } | { readonly since: number };
export interface LiveAnswer { readonly live: number }

const ADDRESS = '127.0.0.1:1';

/** Every instance is well. The shipped fake remembers every probe, which over time would be what is measured. */
const prober: Prober = { probe: async () => ({ ok: true, tookMs: 1 }) };

/** One worker over a router in memory, in a process whose memory is the worker's alone. */
async function main(address: string): Promise<void> {
  quietRuntime();
  const { router, control } = createFakeRouter();
  const seen = new Map<string, number>();
  const watched: Router = { ...router, observe: (backend, marks) => (seen.set(backend, Date.now()), router.observe(backend, marks)) };
  const target = createStaticTarget({ name: 'memory', slots: { blue: [ADDRESS], green: [ADDRESS] } });
  const room = await openRoom(() => {});
  const workers = await startWorkers(room, { address, prober, router: () => watched, target: () => target });
  const start = async (service: string): Promise<void> => {
    await router.register(unwritten(service, 'blue'), [settledServer(ADDRESS)]);
    await router.ready(unwritten(service, 'blue'), [settledServer(ADDRESS)]);
    await router.shift({ backend: service, entry: settled(), base: 'none' });
    await deploy(workers, planFor(service));
  };
  const live = (since: number): number => [...seen].filter(([backend, at]) => at >= since && control.entry(backend).candidateShare > 0).length;
  process.on('message', (message) => {
    // Only the benchmark that started this process writes to it.
    const command = message as LiveCommand;
    const done = 'start' in command ? Promise.all(command.start.map(start)).then(() => 0) : Promise.resolve(live(command.since));
    done.then((count) => process.send?.({ live: count } satisfies LiveAnswer), fail);
  });
  process.once('disconnect', () => void room.end().finally(() => process.exit()));
  process.send?.({ live: 0 } satisfies LiveAnswer);
}

function fail(error: unknown): void {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}

main(process.argv[2] ?? '').catch(fail);
