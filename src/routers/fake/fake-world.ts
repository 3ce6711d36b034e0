import type { FakeCallName, FakeWorld } from './fake-instance.js';

export interface FakeCall {
  readonly call: FakeCallName;
  readonly instance: string;
  readonly backend: string;
}

/** A call that was stopped before it acted. */
export interface HeldCall {
  /** Resolves when the call has arrived. */
  readonly arrived: Promise<void>;
  release(): void;
}

export interface SteeredWorld extends FakeWorld {
  readonly down: Set<string>;
  readonly unknown: Set<string>;
  readonly calls: FakeCall[];
  holdNext(call: FakeCallName): HeldCall;
}

interface Trap {
  readonly call: FakeCallName;
  spring(): Promise<void>;
}

export function createFakeWorld(limits: { readonly slotSize: number; readonly timeoutMs: number }): SteeredWorld {
  const traps: Trap[] = [];
  const calls: FakeCall[] = [];
  return {
    ...limits,
    down: new Set(),
    unknown: new Set(),
    calls,
    async arrive(call, instance, backend) {
      calls.push({ call, instance, backend });
      const index = traps.findIndex((trap) => trap.call === call);
      if (index >= 0) await traps.splice(index, 1)[0]?.spring();
    },
    holdNext(call) {
      const arrived = signal();
      const released = signal();
      traps.push({ call, spring: () => (arrived.give(), released.given) });
      return { arrived: arrived.given, release: released.give };
    },
  };
}

function signal(): { readonly given: Promise<void>; give(): void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}
