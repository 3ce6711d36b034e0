import type { WatchedSlot, WatchInput } from '../../domain/deployment/watching.js';
import type { HealthCheck } from '../../domain/service/environment.js';
import { fillPlaceholders, type PlaceholderValues } from '../../domain/service/placeholders.js';

/** What placeholders stand for in one slot. */
export function slotValues({ service, environment, deployment }: WatchInput, { slot, version }: WatchedSlot): PlaceholderValues {
  return { service, environment, slot, version, deployment };
}

/** The check as it is asked of one instance. @throws DEFINITION_INVALID */
export function checkFor(check: HealthCheck, instance: { readonly id: string; readonly address: string }, values: PlaceholderValues): HealthCheck {
  const all = { ...values, instance: instance.id, port: instance.address.slice(instance.address.lastIndexOf(':') + 1) };
  return { ...check, check: filled(check.check, (text) => fillPlaceholders(text, all)) };
}

function filled(check: HealthCheck['check'], fill: (text: string) => string): HealthCheck['check'] {
  switch (check.kind) {
    case 'http': {
      const headers = Object.fromEntries(Object.entries(check.headers).map(([name, value]) => [name, fill(value)]));
      return { ...check, path: fill(check.path), headers };
    }
    case 'tcp':
      return check;
    case 'command':
      return { ...check, command: check.command.map(fill) };
  }
}
