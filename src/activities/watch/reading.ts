import type { SplitSample } from '../../domain/analysis/watch-sample.js';
import { messageOf } from '../../domain/errors.js';
import { encodeEntry, type Slot, splitOf } from '../../domain/router/entry.js';
import { parseGeneration } from '../../domain/router/generation.js';
import type { ObservationRecord } from '../../domain/deployment/record.js';
import type { InstanceReading } from '../../routers/router.js';
import { slotAnswer } from '../../domain/analysis/slot-health.js';
import { announceMended, byInstance } from './announcing.js';
import { mend, type Mended } from './mending.js';
import { diskFault } from '../disk-of.js';
import { tellPersistence } from './disk-news.js';
import { repeat } from './repeat.js';
import { liveGenerations, takeBackIfStableServes } from './taking-back.js';
import type { WatchRun } from './watch-run.js';
import { within } from './within.js';

const EVERY_MS = 5_000;
const LIMIT_MS = 10_000;

/** Reads now and then what the router really holds: a pull by another attempt, a split that somebody changed. */
export async function reading(run: WatchRun): Promise<void> {
  const { deps: { clock }, input, board } = run;
  await repeat(clock, board.over, () => Math.max(EVERY_MS, input.analysis.everyMs), () => readOnce(run));
}

export async function readOnce(run: WatchRun): Promise<void> {
  const { deps, input, router, board } = run;
  const instances = await readInstances(run);
  if (board.over.aborted || instances.length === 0) return;
  void tellPersistence(run);
  const pulled = instances.flatMap(({ tombstones }) => tombstones).find((tombstone) => parseGeneration(tombstone)?.deployment === input.deployment);
  if (pulled !== undefined) {
    return board.close(async () => {
      // Whoever pulled may have died before it had reached every instance.
      await takeBackIfStableServes(run);
      return { end: { ended: 'pulled', detail: `The router ${router.name} holds a tombstone of generation ${pulled}.` } };
    });
  }
  const now = await mendedNow(run, instances);
  if (board.over.aborted) return;
  if (board.state.shifted) board.take(splitSample(run, now));
  const records = now.instances.map((one) => recordOf(run, one));
  deps.observations.observe(records).catch((error: unknown) => deps.logger.warn('An observation was not recorded', { error: messageOf(error) }));
}

/** What could not even be tried is tried again at the next reading. */
async function mendedNow(run: WatchRun, instances: readonly InstanceReading[]): Promise<Mended> {
  const { deps: { clock, logger }, board, router } = run;
  try {
    const mended = await within(clock, LIMIT_MS, mend(run, instances));
    if (mended && !board.over.aborted) announceMended(run, mended);
    if (mended) return mended;
    logger.warn('Router instances were not mended in time', { router: router.name });
  } catch (error) {
    if (!board.over.aborted) logger.warn('Router instances could not be mended', { router: router.name, error: messageOf(error) });
  }
  return { instances, restored: [], gaps: [] };
}

async function readInstances({ deps: { clock, logger }, input, router }: WatchRun): Promise<readonly InstanceReading[]> {
  try {
    const reading = await within(clock, LIMIT_MS, router.read(input.backend));
    return reading?.instances.flatMap((one) => (one.ok && !input.except.includes(one.instance) ? [one] : [])) ?? [];
  } catch (error) {
    // The counters' reading says so too, and that one is judged.
    logger.warn('The router could not be read', { router: router.name, error: messageOf(error) });
    return [];
  }
}

function splitSample({ deps: { clock }, input }: WatchRun, { instances, gaps }: Mended): SplitSample {
  const { candidate } = input.slots;
  const ours = instances.find(({ entry }) => liveGenerations(input).includes(entry.generation));
  const strangers = instances.filter(({ entry }) => !liveGenerations(input).includes(entry.generation));
  return {
    kind: 'split',
    at: clock.now(),
    strangers: Object.fromEntries(strangers.map(({ instance, entry }) => [instance, `Router instance ${instance} holds ${encodeEntry(entry)}, which this deployment did not write.`])),
    gaps: byInstance(gaps),
    ...(ours && { candidateShare: ours.entry.candidateShare }),
    down: candidate.instances.map(({ address }) => address).filter((address) => !instances.every((one) => hasUp(one, candidate.slot, address))),
  };
}

function hasUp({ slots }: InstanceReading, slot: Slot, address: string): boolean {
  return slots[slot].servers.some((server) => server.address === address && server.up && server.inRotation);
}

function recordOf({ deps: { clock }, router, input, board }: WatchRun, { instance, entry, tombstones }: InstanceReading): ObservationRecord {
  const now = clock.now();
  const { health } = board.state.seen;
  return {
    service: input.service, environment: input.environment, routerInstance: instance, entry: encodeEntry(entry), split: splitOf(entry, tombstones),
    health: {
      stable: slotAnswer(health.stable, input.slots.stable, now), candidate: slotAnswer(health.candidate, input.slots.candidate, now),
      ...diskFault(router, input.backend, instance),
    },
    at: new Date(now).toISOString(),
  };
}
