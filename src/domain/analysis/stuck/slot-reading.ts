import type { CountsSample, Role } from '../watch-sample.js';

/** One reading of a slot, over all router instances that were read. */
export interface SlotReading {
  readonly begun: number;
  readonly headed: number;
  readonly waiting: number;
  /** By address. */
  readonly servers: Readonly<Record<string, ServerReading>>;
}

export interface ServerReading {
  readonly inFlight: number;
  readonly attempts: number;
  readonly headed: number;
}

export function slotReading({ instances }: CountsSample, role: Role): SlotReading {
  const servers: Record<string, ServerReading> = {};
  let [begun, headed, waiting] = [0, 0, 0];
  for (const { [role]: slot } of instances) {
    begun += slot.begun;
    headed += slot.headed;
    waiting += slot.load.waiting;
    for (const { address, ...load } of slot.load.servers) {
      const { inFlight, attempts, headed: gave } = servers[address] ?? { inFlight: 0, attempts: 0, headed: 0 };
      servers[address] = { inFlight: load.inFlight + inFlight, attempts: load.attempts + attempts, headed: load.headed + gave };
    }
  }
  return { begun, headed, waiting, servers };
}
