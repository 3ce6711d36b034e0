import { join } from 'node:path';
import { access } from 'node:fs/promises';
import { SlipwayError } from '../domain/errors.js';
import { startGuardian } from '../programs/guardian.js';
import { programEnvironment } from '../programs/program-environment.js';
import type { ProcessTargetOptions } from '../targets/process/process-target.js';
import type { StackArguments } from './arguments.js';
import { checkoutFolder } from './checkout.js';
import { postgresPart } from './parts/postgres-part.js';
import { routerPart } from './parts/router-part.js';
import { apiPart, workerPart } from './parts/slipway-parts.js';
import type { StackContext, StackSettings } from './parts/stack-context.js';
import { temporalPart } from './parts/temporal-part.js';
import { assertPortsFree, planPorts } from './ports.js';
import { reviveInstances } from './revive-instances.js';
import { endLeftovers, trackPart } from './state/part-records.js';
import { stackSecrets } from './state/stack-secrets.js';
import { ordersFolder } from './state/orders-folder.js';
import { openStateFolder, type StateFolder } from './state/state-folder.js';
import { lockStateFolder } from './state/state-lock.js';
import { STACK_TARGET, writeConfig } from './state/write-config.js';
import type { Part } from './supervisor/part.js';
import { type Stage, supervise } from './supervisor/supervisor.js';

export interface StackRequest extends Pick<StackArguments, 'stateFolder' | 'portBase'> {
  /** Places for backups beside the stack's own, as the operator's file names them. @default none */
  readonly repositories?: Readonly<Record<string, object>>;
}

export interface Stack {
  readonly settings: StackSettings;
  /** Ends every process of it, the instances last; the state stays. */
  stop(): Promise<void>;
}

export interface StackObserver {
  readonly say: (line: string) => void;
  readonly onReady: (part: string) => void;
}

/**
 * Starts the whole stack on its folder, or nothing.
 *
 * @throws STATE_DIR_IN_USE, PORT_TAKEN, PROCESS_FAILED, PROGRAM_MISSING
 */
export async function startStack(request: StackRequest, env: NodeJS.ProcessEnv, observer: StackObserver, signal: AbortSignal): Promise<Stack> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const state = await openStateFolder(request.stateFolder);
    undo.push(await lockStateFolder(state.lock));
    const settings = await prepare(request, env, state, observer);
    const guardian = startGuardian({ records: state.instances });
    undo.push(() => guardian.close());
    const tracked: StackContext = { ...settings, track: (name) => trackPart(state.stack, guardian, name) };
    const revived = await reviveInstances(processTargetOf(settings));
    if (revived > 0) observer.say(`${revived} instances of before run again`);
    const supervisor = await supervise(stagesOf(tracked), (part) => ({ say: observer.say, onRunning: () => observer.onReady(part.name) }), signal);
    undo.push(() => supervisor.stop());
    return { settings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All that can be refused before anything is started. */
async function prepare({ portBase, repositories = {} }: StackRequest, env: NodeJS.ProcessEnv, state: StateFolder, observer: StackObserver): Promise<StackSettings> {
  const left = await endLeftovers(state.stack);
  if (left.length > 0) observer.say(`ended what a killed stack had left running: ${left.join(', ')}`);
  const ports = planPorts(portBase);
  await assertPortsFree(ports);
  const checkout = checkoutFolder();
  await ordersFolder(state.orders);
  const instanceCommand = ['env', `ORDERS_FOLDER=${state.orders}`, process.execPath, join(checkout, 'examples/storefront/server.mjs')];
  await writeConfig(state, { ports, instanceCommand, repositories });
  return {
    checkout, state, ports, instanceCommand, secrets: await stackSecrets(state), temporalCli: await temporalCli(checkout, env),
    databaseUrl: env['SLIPWAY_DATABASE_URL'] || undefined, environment: partEnvironment(env),
  };
}

/** The parts in the order of their start. A database of the user's own takes the place of the embedded one. */
function stagesOf(context: StackContext): readonly Stage[] {
  const { databaseUrl } = context;
  const base: readonly Part[] = [temporalPart(context), routerPart(context)];
  const embedded = databaseUrl === undefined ? postgresPart(context) : undefined;
  const url = () => embedded?.url() ?? databaseUrl ?? '';
  return [embedded === undefined ? base : [...base, embedded], [workerPart(context, url), apiPart(context, url)]];
}

/** The target that the stack's configuration names, as the worker makes it. */
function processTargetOf({ state, ports, instanceCommand }: StackSettings): ProcessTargetOptions {
  return { name: STACK_TARGET, command: instanceCommand, portRange: ports.instances, stateFolder: state.path };
}

/** Of our own settings only what the embedded parts may be given: ports, addresses and keys are the stack's. */
function partEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => /^SLIPWAY_(LOG_LEVEL|LOG_FORMAT|SECRET_.+|SECRETS_FOLDER)$/.test(name));
  return programEnvironment(env, Object.fromEntries(passed));
}

async function temporalCli(checkout: string, env: NodeJS.ProcessEnv): Promise<string> {
  const file = env['SLIPWAY_TEMPORAL_CLI'] || join(checkout, '.slipway/tools/temporal');
  try {
    await access(file);
    return file;
  } catch (cause) {
    throw new SlipwayError('PROGRAM_MISSING', `There is no Temporal CLI at ${file}. Run \`npm run setup\`, or set SLIPWAY_TEMPORAL_CLI.`, { cause });
  }
}
