import { once } from 'node:events';
import { relative } from 'node:path';
import { messageOf } from '../domain/errors.js';
import { goOnCommand, type StackArguments } from './arguments.js';
import { createApiClient, type ApiClient } from './demo/api-client.js';
import { goOnLines } from './demo/go-on.js';
import { DEMO_ENVIRONMENT, DEMO_SERVICE } from './demo/demo-definition.js';
import { type Demo, runDemo } from './demo/run-demo.js';
import { addressesOf, headLines, type StackAddresses } from './head-lines.js';
import type { StackSettings } from './parts/stack-context.js';
import type { Screen } from './screen.js';
import { createStartBar } from './start-bar.js';
import { startStack, type Stack } from './start-stack.js';
import { stopRequests } from './stop-requests.js';

/** The whole of `npm start`: start, show, stay up until asked to stop, stop. @throws what {@link startStack} throws */
export async function runStack(args: StackArguments, env: NodeJS.ProcessEnv, screen: Screen): Promise<void> {
  const signal = stopRequests(env);
  const stack = await startUnlessStopped(args, env, screen, signal);
  if (stack === undefined) return;
  let demo: Demo | undefined;
  try {
    demo = await show(args, stack.settings, screen, signal);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    screen.current(undefined);
    screen.line('\nStopping …');
    demo?.stop();
    await stack.stop();
    screen.line(`Stopped. The state is kept in ${shortPath(stack.settings.state.path)}; \`${goOnCommand(args)}\` goes on with it.`);
  }
}

async function startUnlessStopped(args: StackArguments, env: NodeJS.ProcessEnv, screen: Screen, signal: AbortSignal): Promise<Stack | undefined> {
  const bar = createStartBar(screen);
  try {
    return await startStack(args, env, { say: bar.say, onReady: bar.ready }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    screen.line('Stopped before everything was up.');
    return undefined;
  } finally {
    bar.end();
  }
}

/** @returns the demo, where one runs */
async function show(args: StackArguments, settings: StackSettings, screen: Screen, signal: AbortSignal): Promise<Demo | undefined> {
  const addresses = await addressesOf(settings, signal);
  const head = (serving: string) => headLines(addresses, { serving, adminKey: settings.secrets.adminKey, adminKeyFile: shortPath(settings.state.adminKey) }).forEach(screen.line);
  if (args.demo === 'skip') {
    head('');
    return undefined;
  }
  const api = createApiClient(addresses.api, settings.secrets.adminKey, signal);
  try {
    const demo = await runDemo({
      api, screen, checkout: settings.checkout, routerUrl: addresses.router, signal,
      ordersFolder: settings.state.orders, repository: shortPath(settings.state.backups),
      onServing: (version, perSecond) => head(`${DEMO_SERVICE} ${version}, ${perSecond} req/s`),
    });
    await offer(api, addresses, settings, screen);
    return demo;
  } catch (error) {
    if (!signal.aborted) screen.line(`\nThe demo stopped: ${messageOf(error)}\nThe stack stays up.`);
    return undefined;
  }
}

async function offer(api: ApiClient, addresses: StackAddresses, settings: StackSettings, screen: Screen): Promise<void> {
  const { stable } = await api.environment(DEMO_SERVICE, DEMO_ENVIRONMENT);
  screen.line(`\n${stable === null ? 'Nothing' : `${DEMO_SERVICE} ${stable.version}`} is live and the traffic goes on. Ctrl-C stops everything. To go on:\n`);
  const version = stable?.version === 'v4' ? 'v2' : 'v4';
  goOnLines({ apiUrl: addresses.api, adminKeyFile: shortPath(settings.state.adminKey), version }).forEach((line) => screen.line(`  ${line}`));
}

/** Relative where that is shorter: what is printed is pasted where the stack was started. */
function shortPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}
