import { parseArgs } from 'node:util';
import { messageOf, SlipwayError } from '../domain/errors.js';

export interface StackArguments {
  /** Whether the example is deployed in front of the user. */
  readonly demo: 'show' | 'skip';
  /** Folder of everything that outlives the stack. */
  readonly stateFolder: string;
  /** Moves all ports; undefined: each part has its usual one. */
  readonly portBase: number | undefined;
}

const USUAL_FOLDER = '.slipway';

export const USAGE = `npm start [-- options]

  --no-demo           start only, deploy nothing
  --state-dir DIR     keep the state there (default .slipway, or SLIPWAY_STATE_DIR)
  --port-base N       use the ports from N to N+109 instead of the usual ones
  --help              show this
`;

/** Room for the parts and 100 instances below 65,536. */
const HIGHEST_BASE = 65_426;

/** @returns `help` when that is what was asked for. @throws SETTINGS_INVALID */
export function parseArguments(args: readonly string[], env: NodeJS.ProcessEnv): StackArguments | 'help' {
  const values = valuesOf(args);
  if (values.help === true) return 'help';
  return {
    demo: values['no-demo'] === true ? 'skip' : 'show',
    stateFolder: values['state-dir'] ?? env['SLIPWAY_STATE_DIR'] ?? USUAL_FOLDER,
    portBase: values['port-base'] === undefined ? undefined : portBaseOf(values['port-base']),
  };
}

/** The command that goes on with the state of these: the ports are part of it, as the router knows instances by them. */
export function goOnCommand({ stateFolder, portBase }: Pick<StackArguments, 'stateFolder' | 'portBase'>): string {
  const options = [
    ...(stateFolder === USUAL_FOLDER ? [] : ['--state-dir', stateFolder]),
    ...(portBase === undefined ? [] : ['--port-base', String(portBase)]),
  ];
  return ['npm start', ...(options.length === 0 ? [] : ['--', ...options])].join(' ');
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { 'no-demo': { type: 'boolean' }, 'state-dir': { type: 'string' }, 'port-base': { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (cause) {
    throw new SlipwayError('SETTINGS_INVALID', `${messageOf(cause)}\n\n${USAGE}`, { cause });
  }
}

function portBaseOf(text: string): number {
  const base = Number(text);
  if (Number.isInteger(base) && base >= 1024 && base <= HIGHEST_BASE) return base;
  throw new SlipwayError('SETTINGS_INVALID', `--port-base ${text} is not a whole number from 1024 to ${HIGHEST_BASE}.`);
}
