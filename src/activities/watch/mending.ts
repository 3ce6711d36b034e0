import type { WatchInput } from '../../domain/deployment/watching.js';
import type { Role } from '../../domain/analysis/watch-sample.js';
import { encodeEntry } from '../../domain/router/entry.js';
import type { Fence } from '../../domain/router/fence.js';
import { absentOn, gapsOf } from '../../domain/router/serving.js';
import type { InstanceReading } from '../../routers/router.js';
import type { ProbedSlot } from '../deployment/slot-health.js';
import { ensureServing, ownOf, sayRestored, type ServingReport } from '../serving/ensure-serving.js';
import { slotValues } from './slot-values.js';
import type { WatchRun } from './watch-run.js';

/** What router instances had lost, as after a restart without their files. */
export interface Mended {
  /** As they are now. */
  readonly instances: readonly InstanceReading[];
  /** What was put back. */
  readonly restored: readonly Said[];
  /** What could not be. */
  readonly gaps: readonly Said[];
}

/** One sentence about one router instance. */
interface Said {
  readonly instance: string;
  readonly text: string;
}

/** The shift that every router instance is to hold while the watch goes on. */
type Held = NonNullable<WatchInput['held']>;

/** Gives router instances back what they lost: stable's servers, then the entry, then the candidate's servers. Asks nobody where nothing is lost. */
export async function mend(run: WatchRun, instances: readonly InstanceReading[]): Promise<Mended> {
  const { input, board } = run;
  const held = input.shift ?? input.held;
  const slots = [slotOf(input, 'stable'), slotOf(input, 'candidate')];
  const unchanged = { instances, restored: [], gaps: slots.flatMap((slot) => gapsIn(instances, slot)) };
  if (!held || !board.state.shifted) return unchanged;
  const own = ownOf(instances, fenceOf(held));
  const behind = own.filter((one) => !holds(one, held));
  if (behind.length === 0 && !own.some((one) => slots.some((slot) => lacks(one, slot)))) return unchanged;
  // An attempt that slept must not bring back what has ended meanwhile: another instance shows that it goes on, or the server says so.
  const goesOn = own.length > behind.length || (await run.attendance.isHeard());
  return goesOn ? putBack(run, held, behind) : { ...unchanged, gaps: [...unchanged.gaps, ...behind.map((one) => ({ instance: one.instance, text: behindText(one) }))] };
}

/** A slot as it is probed, for whoever asks outside the watch's own round. */
export function slotOf(input: WatchInput, role: Role): ProbedSlot {
  const watched = input.slots[role];
  return { slot: watched.slot, instances: watched.instances, health: watched.health, values: slotValues(input, watched) };
}

async function putBack(run: WatchRun, held: Held, behind: readonly InstanceReading[]): Promise<Mended> {
  const { deps, input, router, board } = run;
  const fill = (role: Role): Promise<ServingReport> => ensureServing(deps, {
    router, backend: input.backend, except: input.except, slots: [slotOf(input, role)],
    fence: fenceOf(held),
  }, board.over);
  const stable = await fill('stable');
  const ready = behind.filter(({ instance }) => !localGaps(stable).some((gap) => gap.instance === instance));
  const written = await Promise.all(ready.map((one) => writeEntry(run, held, one)));
  const candidate = await fill('candidate');
  return {
    instances: candidate.readings,
    restored: [...sayings(stable), ...written.filter(({ done }) => done), ...sayings(candidate)],
    gaps: [...localGaps(stable), ...written.filter(({ done }) => !done), ...localGaps(candidate)],
  };
}

async function writeEntry({ input, router }: WatchRun, { entry }: Held, one: InstanceReading): Promise<Said & { readonly done: boolean }> {
  const { instances } = await router.shift({ backend: input.backend, entry, base: one.entry.generation, only: [one.instance] });
  const [outcome] = instances;
  const done = outcome?.ok === true && (outcome.outcome === 'done' || outcome.outcome === 'already');
  const why = outcome && 'detail' in outcome ? outcome.detail : 'it is not there any more';
  return { instance: one.instance, done, text: `${behindText(one)}: ${done ? 'put right' : why}` };
}

function gapsIn(instances: readonly InstanceReading[], { slot, instances: servers }: ProbedSlot): readonly Said[] {
  const held = instances.map((one) => ({ instance: one.instance, servers: one.slots[slot].servers }));
  return gapsOf(held, { slot, addresses: servers.map(({ address }) => address), answering: [] }).filter(({ local }) => local);
}

function localGaps({ gaps }: ServingReport): readonly Said[] {
  return gaps.filter(({ local }) => local);
}

function sayings({ restored }: ServingReport): readonly Said[] {
  return restored.map((one) => ({ instance: one.instance, text: sayRestored(one) }));
}

function fenceOf({ entry, base }: Held): Fence {
  return { generation: entry.generation, base };
}

function holds({ entry }: InstanceReading, held: Held): boolean {
  return entry.generation === held.entry.generation;
}

function lacks({ slots }: InstanceReading, { slot, instances }: ProbedSlot): boolean {
  return absentOn(slots[slot], instances.map(({ address }) => address)).length > 0;
}

function behindText({ instance, entry }: InstanceReading): string {
  return `router instance ${instance} holds ${encodeEntry(entry)}, as after a restart without its files, and not this deployment's newest shift`;
}
