import type { Control, ControlKind, ControlSignal } from '../../domain/deployment/control-message.js';
import { SLOTS } from '../../domain/router/entry.js';

/** Who sent a signal, nobody knows: as an approval it counts as one unnamed person. */
const UNNAMED = { name: 'unnamed (signal)', roles: [] };

/** A signal as a message: what it leaves out means this run and its present step. */
export function controlOfSignal(kind: ControlKind, signal: ControlSignal | undefined, defaults: { deployment: string; id: string }): Control {
  const given = signal && typeof signal === 'object' ? signal : {};
  const resolve = resolveOf(given);
  return {
    kind, by: UNNAMED, id: given.id ?? defaults.id, deployment: given.deployment ?? defaults.deployment,
    ...(given.step === undefined ? {} : { step: Number(given.step) }),
    ...(given.gate === undefined ? {} : { gate: given.gate }),
    ...(given.reason === undefined ? {} : { reason: given.reason }),
    ...(resolve ? { resolve } : {}),
  };
}

function resolveOf({ slot, drop }: ControlSignal): Control['resolve'] {
  const known = SLOTS.find((each) => each === slot);
  if (known) return { slot: known };
  return drop === undefined ? undefined : { drop };
}
