import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from '../screen.js';
import type { DeploymentAnswer, EnvironmentAnswer } from './api-answers.js';
import type { ApiClient } from './api-client.js';
import { showBackupAndRestore } from './backup-act.js';
import { DEMO_ENVIRONMENT, DEMO_SERVICE, demoDefinition } from './demo-definition.js';
import { followDeployment } from './follow-deployment.js';
import { startTraffic, type Traffic } from './traffic.js';

export interface DemoOptions {
  readonly api: ApiClient;
  readonly screen: Screen;
  readonly checkout: string;
  /** Where users reach the service. */
  readonly routerUrl: string;
  /** Where the service keeps its orders. */
  readonly ordersFolder: string;
  /** Where their backups are, as it is shown. */
  readonly repository: string;
  /** Called once a version serves, before more is deployed. */
  readonly onServing: (version: string, requestsPerSecond: number) => void;
  readonly signal: AbortSignal;
}

export interface Demo {
  readonly stop: () => void;
}

const REQUESTS_PER_SECOND = 50;
const SETTLED_WITHIN_MS = 30_000;
const SETTLED_LOOK_MS = 100;
const FIRST = 'v1';
const NEXT = [
  { version: 'v2', remark: '' },
  { version: 'v3', remark: '   (v3 answers 500 to one request in three)' },
] as const;

/**
 * Does the main job in front of the user, through the public API only: the first release, then under traffic one that is good and one that is not;
 * then a backup of the service's data, and its restore.
 * On a folder that was used before it goes on from what is live; a deployment that was under way gets its traffic too.
 */
export async function runDemo(options: DemoOptions): Promise<Demo> {
  const { api, checkout, ordersFolder } = options;
  // Who tries things out changes the definition, and finds it as it was left.
  if (!(await api.hasService(DEMO_SERVICE))) await api.putService(DEMO_SERVICE, await demoDefinition(checkout, ordersFolder));
  // Before anything else: what is under way or begins is judged by its users' requests.
  const traffic = startTraffic(options.routerUrl, REQUESTS_PER_SECOND);
  try {
    await finishLive(options, traffic);
    if ((await settled(options)).stable === null) await deploy(options, FIRST, 'as the first release');
    const serving = (await settled(options)).stable?.version;
    if (serving === undefined) return traffic.stop(), { stop: () => undefined };
    options.onServing(serving, traffic.perSecond);
    if (serving === FIRST) for (const { version, remark } of NEXT) {
      await deploy(options, version, remark, traffic);
      await settled(options);
    }
    await showBackupAndRestore({ ...options, traffic });
  } catch (error) {
    traffic.stop();
    throw error;
  }
  return { stop: () => traffic.stop() };
}

/** A deployment that was under way when the stack was stopped goes on by itself; this only shows it. */
async function finishLive({ api, screen, signal }: DemoOptions, traffic: Traffic): Promise<void> {
  const { live } = await api.environment(DEMO_SERVICE, DEMO_ENVIRONMENT);
  if (live === null) return;
  const { version } = await api.deployment(live.id);
  screen.line(`\nGoing on with ${DEMO_SERVICE} ${version}, which was under way`);
  await followDeployment({ api, screen, countTraffic: traffic.count, signal }, live.id, traffic.count());
}

/** What is live once no deployment is: a run that has ended is still writing it down for a moment. */
async function settled({ api, signal }: DemoOptions): Promise<EnvironmentAnswer> {
  for (const deadline = Date.now() + SETTLED_WITHIN_MS; ; await sleep(SETTLED_LOOK_MS, undefined, { signal })) {
    const environment = await api.environment(DEMO_SERVICE, DEMO_ENVIRONMENT);
    if (environment.live === null || Date.now() > deadline) return environment;
  }
}

async function deploy({ api, screen, signal }: DemoOptions, version: string, remark: string, traffic?: Traffic): Promise<void> {
  const countTraffic = () => traffic?.count() ?? noTraffic();
  const before = countTraffic();
  const id = await api.deploy({ service: DEMO_SERVICE, environment: DEMO_ENVIRONMENT, version, reason: 'the demo of npm start' });
  screen.line(`\nDeploy ${DEMO_SERVICE} ${version} ${traffic === undefined ? remark : `${stepsOf(await api.deployment(id))}${remark}`}`);
  await followDeployment({ api, screen, countTraffic, signal }, id, before);
}

function stepsOf({ plan }: DeploymentAnswer): string {
  const shares = [...(plan?.steps ?? []).map(({ share }) => share / 100), 100];
  return `by canary ${shares.filter((share, index) => share !== shares[index - 1]).join(' > ')} %`;
}

function noTraffic() {
  return { requests: 0, failed: 0 };
}
