import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded } from '../../domain/deployment/status.js';
import type { Screen } from '../screen.js';
import type { DeploymentAnswer } from './api-answers.js';
import type { ApiClient } from './api-client.js';
import { Story } from './story.js';
import type { TrafficCount } from './traffic.js';

export interface Follow {
  readonly api: ApiClient;
  readonly screen: Screen;
  readonly countTraffic: () => TrafficCount;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 250;

/** Shows the deployment until it has ended. */
export async function followDeployment({ api, screen, countTraffic, signal }: Follow, id: string, before: TrafficCount): Promise<DeploymentAnswer> {
  const story = new Story(before);
  for (;;) {
    const view = await api.deployment(id);
    const { finished, current } = story.look(view, countTraffic(), Date.now());
    screen.current(undefined);
    finished.forEach((line) => screen.line(line));
    screen.current(current);
    if (hasEnded(view.phase)) return view;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}
