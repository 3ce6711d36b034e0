import { SlipwayError } from '../../domain/errors.js';
import type { JsonObject } from '../../domain/json.js';
import { fillPlaceholders, type PlaceholderValues } from '../../domain/service/placeholders.js';
import type { ProgramResult, Programs } from '../../programs/programs.js';
import { fillWith } from '../fill-with.js';
import { launchValues, slotValues, valuesAsEnvironment, withAsEnvironment } from '../request-values.js';
import type { SlotRef, Target } from '../target.js';
import { parseStatus, saidOnStderr } from './status-output.js';

export interface CommandTargetOptions {
  readonly name: string;
  /** Starts what is missing of the deployment, outside its own process group, and ends. May hold `${service} ${environment} ${slot} ${version} ${deployment}`. */
  readonly launch: readonly string[];
  /** Prints `{"instances":[…]}`. May hold `${service} ${environment} ${slot}`. */
  readonly status: readonly string[];
  /** Stops the instances that it is given on its standard input and waits for it. May hold the same as `status`. */
  readonly retire: readonly string[];
  /** Of each program. */
  readonly timeoutMs: number;
  readonly programs: Programs;
}

/** One run of a program. */
interface Call {
  readonly command: readonly string[];
  readonly given: JsonObject;
  readonly values: PlaceholderValues;
  /** What this program gets beside what all get. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: JsonObject;
}

const SOME_SLOT: PlaceholderValues = { service: 's', environment: 'e', slot: 'blue' };

/**
 * Instances that the operator's own programs start and stop. Each program gets its placeholders as arguments, the same values as `SLIPWAY_*`,
 * `with` as `SLIPWAY_WITH_*`, and the whole request as JSON on its standard input. None passes a shell.
 *
 * @throws DEFINITION_INVALID when a command holds a placeholder that has no value there
 */
export function createCommandTarget(options: CommandTargetOptions): Target {
  const { name, timeoutMs, programs } = options;
  // Filled in once with anything, so that a wrong placeholder stops the start and not a deployment.
  fillAll(options.launch, { ...SOME_SLOT, version: 'v', deployment: 'd' });
  for (const command of [options.status, options.retire]) fillAll(command, SOME_SLOT);

  async function run({ command, given, values, env = {}, input = {} }: Call, signal?: AbortSignal): Promise<ProgramResult> {
    const filled = fillWith(given, values);
    return programs.run({
      command: fillAll(command, values), timeoutMs, ...(signal ? { signal } : {}),
      env: { ...withAsEnvironment(filled), ...valuesAsEnvironment(values), ...env },
      stdin: JSON.stringify({ ...values, ...input, with: filled }),
    });
  }

  async function status(ref: SlotRef, signal?: AbortSignal) {
    const result = await run({ command: options.status, given: ref.with, values: slotValues(ref) }, signal);
    if (result.exitCode !== 0) throw failed('TARGET_UNREACHABLE', 'status', result);
    return parseStatus(name, result);
  }

  function failed(code: 'LAUNCH_FAILED' | 'TARGET_UNREACHABLE', call: string, { exitCode, stderr }: ProgramResult): SlipwayError {
    return new SlipwayError(code, `The ${call} program of the target ${name} ended with ${exitCode}. ${saidOnStderr(stderr)}`);
  }

  return {
    name,
    async launch(request, signal) {
      const { instances } = request;
      const counted = { env: { SLIPWAY_INSTANCES: String(instances) }, input: { instances } };
      const result = await run({ command: options.launch, given: request.with, values: launchValues(request), ...counted }, signal);
      if (result.exitCode !== 0) throw failed('LAUNCH_FAILED', 'launch', result);
      return (await status(request, signal)).filter((instance) => instance.deployment === request.deployment);
    },
    status,
    async retire(request, signal) {
      const instances = request.instances.map(({ id, deployment }) => ({ id, deployment }));
      const deployments = [...new Set(instances.map(({ deployment }) => deployment))].join(' ');
      const named = { env: { SLIPWAY_DEPLOYMENTS: deployments }, input: { instances } };
      const result = await run({ command: options.retire, given: request.with, values: slotValues(request), ...named }, signal);
      if (result.exitCode !== 0) throw failed('TARGET_UNREACHABLE', 'retire', result);
    },
  };
}

function fillAll(command: readonly string[], values: PlaceholderValues): string[] {
  return command.map((argument) => fillPlaceholders(argument, values));
}
