import { SlipwayError } from '../../domain/errors.js';
import type { Slot } from '../../domain/router/entry.js';
import { isInstanceAddress } from '../instance-address.js';
import type { SlotRef, Target, TargetInstance } from '../target.js';

export interface StaticTargetOptions {
  readonly name: string;
  /** `host:port` with an IP address; what runs there is somebody else's work. */
  readonly slots: Readonly<Record<Slot, readonly string[]>>;
}

/** What is said of an address when nobody says what should be there. */
const UNKNOWN = 'unknown';

/**
 * Instances at fixed addresses, which somebody else starts and stops. They belong to whatever deployment the caller speaks of; whether the
 * right version answers there, probes and `verify` have to say.
 *
 * @throws SETTINGS_INVALID when an address is not host:port with an IP address
 */
export function createStaticTarget({ name, slots }: StaticTargetOptions): Target {
  for (const address of Object.values(slots).flat()) {
    if (!isInstanceAddress(address)) throw new SlipwayError('SETTINGS_INVALID', `The target ${name} has the address ${address}, which is not host:port with an IP address.`);
  }
  const at = (slot: Slot, label: { readonly deployment: string; readonly version: string }): TargetInstance[] =>
    slots[slot].map((address, index) => ({ id: `${slot}-${index + 1}`, address, deployment: label.deployment, version: label.version, state: 'running' }));

  return {
    name,
    async launch(request, signal) {
      signal?.throwIfAborted();
      const instances = at(request.slot, request).slice(0, request.instances);
      if (instances.length < request.instances) {
        throw new SlipwayError('LAUNCH_FAILED', `The target ${name} has ${instances.length} addresses for ${request.slot}, but ${request.instances} instances are wanted.`);
      }
      return instances;
    },
    async status(ref: SlotRef, signal) {
      signal?.throwIfAborted();
      return at(ref.slot, ref.expected ?? { deployment: UNKNOWN, version: UNKNOWN });
    },
    async retire(_ref, signal) {
      signal?.throwIfAborted();
    },
  };
}
