import type { Slot } from './entry.js';

/** One slot as one router instance holds it. */
export interface HeldSlot {
  readonly instance: string;
  readonly servers: readonly { readonly address: string; readonly inRotation: boolean; readonly up: boolean }[];
}

/** A slot that is to serve: its servers, and those of them that have just answered a probe. */
export interface ExpectedSlot {
  readonly slot: Slot;
  readonly addresses: readonly string[];
  readonly answering: readonly string[];
}

/** A router instance on which none of the slot's servers is up. */
export interface Gap {
  readonly instance: string;
  readonly slot: Slot;
  /** For people: what is missing there, by server. */
  readonly text: string;
  /** Whether the fault is the instance's own: the slot serves on another one, or a server that is absent on this one answers. */
  readonly local: boolean;
}

/** The router instances on which the slot does not serve. A slot that nobody knows a server of has nothing to serve with, and no gap. */
export function gapsOf(held: readonly HeldSlot[], expected: ExpectedSlot): readonly Gap[] {
  if (expected.addresses.length === 0) return [];
  const idle = held.filter((one) => !serves(one, expected));
  return idle.map((one) => ({
    instance: one.instance,
    slot: expected.slot,
    text: `router instance ${one.instance} has no server of ${expected.slot} that is up: ${expected.addresses.map((address) => stateOf(one, expected, address)).join(', ')}`,
    local: idle.length < held.length || absentOn(one, expected.addresses).some((address) => expected.answering.includes(address)),
  }));
}

export function absentOn({ servers }: Pick<HeldSlot, 'servers'>, addresses: readonly string[]): readonly string[] {
  return addresses.filter((address) => !servers.some((server) => server.address === address));
}

/** A stranger's server does not count: nobody knows what it answers. */
function serves({ servers }: HeldSlot, { addresses }: ExpectedSlot): boolean {
  return servers.some(({ address, inRotation, up }) => inRotation && up && addresses.includes(address));
}

function stateOf({ servers }: HeldSlot, { answering }: ExpectedSlot, address: string): string {
  const server = servers.find((one) => one.address === address);
  if (server) return `${address} ${server.inRotation ? 'fails its checks' : 'is out of rotation'}`;
  return `${address} is absent${answering.includes(address) ? '' : ' and does not answer'}`;
}
