import type { JsonObject } from '../domain/json.js';
import type { PlaceholderValues } from '../domain/service/placeholders.js';
import type { LaunchRequest, SlotRef } from './target.js';

/** What placeholders stand for in every call of a target. */
export function slotValues({ service, environment, slot }: SlotRef): PlaceholderValues {
  return { service, environment, slot };
}

/** What they stand for in a launch. */
export function launchValues(request: LaunchRequest): PlaceholderValues {
  return { ...slotValues(request), version: request.version, deployment: request.deployment };
}

/** The same for programs: `SLIPWAY_SERVICE`, `SLIPWAY_VERSION`, ... */
export function valuesAsEnvironment(values: PlaceholderValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`SLIPWAY_${name.toUpperCase()}`, value]));
}

/** `with` for programs: each key as `SLIPWAY_WITH_<KEY>`, text as it is and all else as JSON, and the whole as JSON in `SLIPWAY_WITH`. */
export function withAsEnvironment(given: JsonObject): Record<string, string> {
  const keys = Object.entries(given).map(([key, value]) => [
    `SLIPWAY_WITH_${key.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase()}`, typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return { ...Object.fromEntries(keys), SLIPWAY_WITH: JSON.stringify(given) };
}
