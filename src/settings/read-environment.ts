import type { Problem } from '../domain/errors.js';
import type { Json } from '../domain/json.js';
import { knownHint } from '../domain/service/nearest.js';
import { checkSchema } from '../definition/schema-problems.js';
import { environmentVariables, type EnvironmentVariables, isReadElsewhere } from './environment-schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const KNOWN = Object.keys(environmentVariables.shape);

/** Temporal's own reader takes anything but these for "no", so that a typing error would turn encryption off. */
const TEMPORAL_SWITCHES = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'];
const SWITCH_VALUES = ['true', 'false', '1', '0'];

export interface EnvironmentRead {
  /** undefined where there are problems. */
  readonly variables: EnvironmentVariables | undefined;
  readonly problems: readonly Problem[];
}

export function readEnvironment(env: Environment): EnvironmentRead {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  const known: Record<string, Json> = Object.fromEntries(given.filter(([key]) => KNOWN.includes(key)));
  const { output, complaints } = checkSchema(environmentVariables, known, 'whole');
  const problems = [
    ...complaints.map(({ path, message, hint }) => ({ path: path.join('.'), message, ...(hint !== undefined && { hint }) })),
    ...given.filter(([key]) => key.startsWith('SLIPWAY_') && !KNOWN.includes(key) && !isReadElsewhere(key)).map(([key]) => unknown(key)),
    ...given.filter(([key, value]) => TEMPORAL_SWITCHES.includes(key) && !SWITCH_VALUES.includes(value)).map(([key]) => badSwitch(key)),
    ...(env['SLIPWAY_ADMIN_KEY'] && env['SLIPWAY_ADMIN_KEY_FILE'] ? [{ path: 'SLIPWAY_ADMIN_KEY', message: 'and SLIPWAY_ADMIN_KEY_FILE are both set; keep one' }] : []),
  ];
  return { variables: output, problems };
}

function unknown(path: string): Problem {
  return { path, message: 'is not a known variable', ...knownHint(path, KNOWN) };
}

function badSwitch(path: string): Problem {
  return { path, message: `must be one of: ${SWITCH_VALUES.join(', ')}; anything else would count as false` };
}
