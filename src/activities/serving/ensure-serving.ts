import { absentOn, gapsOf, type Gap, type HeldSlot } from '../../domain/router/serving.js';
import type { Slot } from '../../domain/router/entry.js';
import { type Fence, isFromBefore, mayWrite } from '../../domain/router/fence.js';
import type { Prober } from '../../probes/probe.js';
import type { InstanceReading, Router, Unreachable } from '../../routers/router.js';
import { formatServerAddress, parseServerAddress } from '../../routers/server-address.js';
import { answering, unreachable } from '../deployment/router-readings.js';
import { probeAll, type ProbedSlot } from '../deployment/slot-health.js';

export interface ServingRequest {
  readonly router: Router;
  readonly backend: string;
  /** Router instances that were given up. */
  readonly except: readonly string[];
  /** Each is put right in turn: the one that serves before the one that gets a share. */
  readonly slots: readonly ProbedSlot[];
  /** The caller's fence: what a later deployment holds is left alone. */
  readonly fence: Fence;
}

export interface ServingReport {
  /** As everything is now. */
  readonly readings: readonly InstanceReading[];
  readonly restored: readonly Restored[];
  /** By instances that answer. */
  readonly gaps: readonly Gap[];
  readonly unread: readonly Unreachable[];
}

/** Servers that a router instance had lost and has again. */
export interface Restored {
  readonly instance: string;
  readonly slot: Slot;
  readonly addresses: readonly string[];
}

/**
 * Reads of each router instance whether the slots serve there, puts in the servers that it lost and that answer a probe, and reads it again.
 * Where nothing is missing it is one reading. An instance that is away is named and holds up no other.
 */
export async function ensureServing(deps: { readonly prober: Prober }, request: ServingRequest, signal: AbortSignal): Promise<ServingReport> {
  const { router, backend, except, slots, fence } = request;
  const before = await router.read(backend);
  const acts: Act[] = [];
  for (const slot of slots) acts.push(await restore(deps, request, { slot: normal(slot), readings: ownOf(answering(before, except), fence) }, signal));
  const after = acts.some(({ asked }) => asked) ? await router.read(backend) : before;
  return {
    readings: answering(after, except),
    restored: acts.flatMap(({ restored }) => restored),
    gaps: acts.flatMap((act) => gapsIn(answering(after, except), act)),
    unread: unreachable(after, except),
  };
}

/** What came of the look at one slot. */
interface Act {
  readonly slot: ProbedSlot;
  readonly asked: boolean;
  readonly answering: readonly string[];
  readonly restored: readonly Restored[];
  /** Why an instance did not take them. */
  readonly refused: readonly Unreachable[];
}

interface Look {
  readonly slot: ProbedSlot;
  readonly readings: readonly InstanceReading[];
}

/** Those that the caller may change: where another writer is at work on any, only those that hold the caller's very shift. */
export function ownOf(readings: readonly InstanceReading[], fence: Fence): readonly InstanceReading[] {
  const own = readings.filter(({ entry: { generation } }) => mayWrite(generation, fence) || isFromBefore(generation, fence.generation));
  return own.length === readings.length ? own : own.filter(({ entry }) => entry.generation === fence.generation);
}

async function restore(deps: { readonly prober: Prober }, { router, backend, fence: { generation } }: ServingRequest, { slot, readings }: Look, signal: AbortSignal): Promise<Act> {
  const addresses = addressesOf(slot);
  const lacking = readings.filter((reading) => absentOn(reading.slots[slot.slot], addresses).length > 0);
  const absent = slot.instances.filter(({ address }) => lacking.some((reading) => absentOn(reading.slots[slot.slot], [address]).length > 0));
  const well = absent.length === 0 ? [] : (await probeAll(deps, { ...slot, instances: absent }, signal)).filter(({ ok }) => ok).map(({ instance }) => instance);
  signal.throwIfAborted();
  const asked = well.length > 0;
  // Each is compared with what it said just now: one that went back to an old file holds what the caller's own fence does not know.
  const reports = asked ? await Promise.all(lacking.map(({ instance, entry }) => (
    router.ensure({ backend, slot: slot.slot, servers: well, only: [instance], fence: { generation, base: entry.generation } })
  ))) : [];
  const outcomes = reports.flatMap(({ instances }) => instances);
  const restored = outcomes.flatMap((one) => (one.ok && one.restored.length > 0 ? [{ instance: one.instance, slot: slot.slot, addresses: one.restored }] : []));
  return { slot, asked, answering: well.map(({ address }) => address), restored, refused: outcomes.filter((one) => !one.ok) };
}

function gapsIn(readings: readonly InstanceReading[], { slot, answering: well, refused }: Act): readonly Gap[] {
  const held = readings.map((reading): HeldSlot => ({ instance: reading.instance, servers: reading.slots[slot.slot].servers }));
  const gaps = gapsOf(held, { slot: slot.slot, addresses: addressesOf(slot), answering: well });
  return gaps.map((gap) => {
    const why = refused.find(({ instance }) => instance === gap.instance);
    return why ? { ...gap, text: `${gap.text} (${why.detail})` } : gap;
  });
}

/** As routers write addresses. */
function normal(slot: ProbedSlot): ProbedSlot {
  return { ...slot, instances: slot.instances.map((one) => ({ ...one, address: formatServerAddress(parseServerAddress(one.address)) })) };
}

function addressesOf({ instances }: ProbedSlot): readonly string[] {
  return instances.map(({ address }) => address);
}

/** For people. */
export function sayRestored({ instance, slot, addresses }: Restored): string {
  return `router instance ${instance} had lost servers of ${slot}, as after a restart without its files: ${addresses.join(', ')} put back`;
}
