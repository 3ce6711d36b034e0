import { generationOf } from '../../src/domain/router/generation.js';
import type { RouterEntry } from '../../src/domain/router/entry.js';
import type { Router } from '../../src/routers/router.js';
import { type Place, settled, settledServer } from './edge.js';
import { isHarmed, type Sent, type SteadyLoad } from './steady-load.js';

const DEPLOYMENT = '01JBBBBBBBBBBBBBBBBBBBBBBB';
/** Two bad looks are allowed, so the third takes the candidate back. */
const ALLOWED = 2;
/** Of what the candidate was given since the look before. */
const BAD_SHARE = 0.05;

/**
 * What a tool does that looks at its measures each `everyMs`, as others do by default: the same shift and the same way back, but it looks now
 * and then. It is given eyes that no counters give: it sees what the users see, hung requests included.
 */
export async function deliverLookingEvery(everyMs: number, { name, timed: { router }, origins }: Place, load: SteadyLoad, share: number): Promise<void> {
  const server = { ...settledServer(origins.green.address), id: 'green-1' };
  const at = { backend: name, slot: 'green', fence: { generation: settled().generation, base: settled().generation } } as const;
  await router.register(at, [server]);
  await router.ready(at, [server]);
  await write(router, name, 1, share);
  let bad = 0;
  for (let from = performance.now(); bad <= ALLOWED; from += everyMs) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, from + everyMs - performance.now())));
    bad = isBad(load.sent, { from, to: from + everyMs }, share) ? bad + 1 : 0;
  }
  await write(router, name, 2, 0);
}

function isBad(sent: readonly Sent[], { from, to }: { readonly from: number; readonly to: number }, share: number): boolean {
  const looked = sent.filter(({ at }) => at >= from && at < to);
  return looked.filter((one) => isHarmed(one, to)).length > BAD_SHARE * looked.length * (share / 10_000);
}

async function write(router: Router, backend: string, n: number, candidateShare: number): Promise<void> {
  const entry: RouterEntry = { ...settled(), phase: 'moving', generation: generationOf(DEPLOYMENT, n), candidateShare };
  const { instances } = await router.shift({ backend, entry, base: settled().generation });
  if (!instances.every((one) => one.ok && one.outcome === 'done')) throw new Error(`A shift was not carried out: ${JSON.stringify(instances)}`);
}
