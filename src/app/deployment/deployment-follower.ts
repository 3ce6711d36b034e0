import { hasEnded } from '../../domain/deployment/status.js';
import { Looking } from '../looking.js';
import type { DeploymentRuns } from './deployment-runs.js';
import type { DeploymentView } from './deployment-view.js';
import { type EventReading, FollowedEvents } from './followed-events.js';
import { showDeployment, type ShownFrom } from './show-deployment.js';

/** A run says more than it writes down, so it is asked as well, this often. */
const ASK_EVERY_MS = 400;

/** For each deployment that is followed: all of them together ask a hundred times a second at the most. */
const ASK_EVERY_MS_EACH = 10;

/** What one look found. */
export interface Sight {
  readonly view: DeploymentView;
  /** It has ended, and nothing keeps its service from the next deployment any more. */
  readonly isFree: boolean;
}

/** What its followers know of one deployment, looked up once for all of them. */
export class DeploymentFollower {
  readonly sights: Looking<Sight>;
  readonly events: FollowedEvents;

  constructor(
    private readonly id: string,
    private readonly from: ShownFrom & { readonly runs: Pick<DeploymentRuns, 'describe'> },
    reading: EventReading & { /** How many deployments are followed. */ readonly followed: () => number },
  ) {
    this.sights = new Looking(() => this.look(), () => Math.max(ASK_EVERY_MS, ASK_EVERY_MS_EACH * reading.followed()));
    this.events = new FollowedEvents(reading);
  }

  /** Something was written of it. */
  poke(): void {
    this.sights.poke();
    this.events.poke();
  }

  private async look(): Promise<Sight> {
    const view = await showDeployment(this.from)(this.id);
    return { view, isFree: hasEnded(view.phase) && (await this.hasLetGo(view)) };
  }

  private async hasLetGo({ id, service, environment }: DeploymentView): Promise<boolean> {
    // A server that does not answer is no reason to wait for what has ended.
    const holder = await this.from.runs.describe(environment, service).catch(() => undefined);
    return holder?.state !== 'running' || holder.deployment !== id;
  }
}
