import { SlipwayError } from '../../domain/errors.js';
import { hasEnded } from '../../domain/deployment/status.js';
import type { ChangeFeed, DeploymentStore, EventStore } from '../../store/stores.js';
import { Lane } from '../lane.js';
import { Turns } from '../turns.js';
import type { AddressBook } from './address-book.js';
import { DeploymentFollower } from './deployment-follower.js';
import type { DeploymentRuns } from './deployment-runs.js';
import { recordOf } from './record-of.js';

/** `wait`: a request that is answered when a milestone is reached. `stream`: events as they come. */
export type ReaderKind = 'wait' | 'stream';

/**
 * How many of each this process has at once. What they cost is memory, a few tens of kilobytes each with their connection, and answers: all who
 * wait for one milestone are answered when it comes, each with a plan of some kilobytes, which takes the one thread less than half a second for a
 * thousand. Event streams stay open for hours, and each event is written to each of them.
 */
const MOST: Readonly<Record<ReaderKind, number>> = { wait: 1_000, stream: 500 };

const RETRY_AFTER_MS = 5_000;

/** So many of the pool's ten connections are for followers: the others are left to what people and programs ask for. */
const STATEMENTS_AT_ONCE = 3;

/** What followers read with; `stores` and `runs` are those of everybody else. */
export interface FollowedSources {
  readonly stores: {
    readonly deployments: Pick<DeploymentStore, 'get'>; readonly events: Pick<EventStore, 'after'>; readonly changes: ChangeFeed;
  };
  readonly runs: Pick<DeploymentRuns, 'ask' | 'plan' | 'describe' | 'findRunning'>;
  readonly addresses: AddressBook;
}

/** A reader's place: freed by `leave`, or by the signal it was taken with. */
export interface Place {
  readonly follower: DeploymentFollower;
  leave(): void;
}

interface Followed {
  readonly follower: DeploymentFollower;
  readers: number;
}

/** Who waits for a deployment or follows its events: one follower a deployment, however many they are. */
export class DeploymentFollowers {
  /** Where all who were woken by one look go on. */
  readonly turns = new Turns();
  private readonly followed = new Map<string, Followed>();
  private readonly taken: Record<ReaderKind, number> = { wait: 0, stream: 0 };
  private readonly statements = new Lane(STATEMENTS_AT_ONCE);
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly sources: FollowedSources, private readonly most: Readonly<Record<ReaderKind, number>> = MOST) {}

  /** How many places are taken. */
  get readers(): Readonly<Record<ReaderKind, number>> {
    return { ...this.taken };
  }

  /** @param gone frees the place when it fires. @throws TOO_MANY_READERS */
  take(kind: ReaderKind, deployment: string, gone: AbortSignal): Place {
    if (this.taken[kind] >= this.most[kind]) throw this.refusal(kind);
    const followed = this.followed.get(deployment) ?? this.begin(deployment);
    this.taken[kind] += 1;
    followed.readers += 1;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      gone.removeEventListener('abort', leave);
      this.taken[kind] -= 1;
      followed.readers -= 1;
      if (followed.readers === 0) this.end(deployment);
    };
    gone.addEventListener('abort', leave, { once: true });
    return { follower: followed.follower, leave };
  }

  private begin(deployment: string): Followed {
    const { runs, addresses, stores } = this.sources;
    const get = (id: string) => this.statements.run(() => stores.deployments.get(id));
    const follower = new DeploymentFollower(deployment, { stores: { deployments: { get } }, runs, addresses }, {
      page: (after, limit) => this.statements.run(() => stores.events.after(deployment, after, limit)),
      hasEnded: async () => hasEnded((await recordOf({ deployments: { get } }, deployment)).phase),
      followed: () => this.followed.size,
    });
    const followed = { follower, readers: 0 };
    this.followed.set(deployment, followed);
    this.unsubscribe ??= stores.changes.subscribe((changed) => this.poke(changed));
    return followed;
  }

  private end(deployment: string): void {
    this.followed.delete(deployment);
    if (this.followed.size > 0) return;
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }

  private poke(changed: string | undefined): void {
    const of = changed === undefined ? [...this.followed.values()] : [this.followed.get(changed)];
    for (const followed of of) followed?.follower.poke();
  }

  private refusal(kind: ReaderKind): SlipwayError {
    const what = kind === 'wait' ? `${this.most.wait} requests with \`until\` wait` : `${this.most.stream} event streams are open`;
    return new SlipwayError('TOO_MANY_READERS', `In this process ${what}, which is as many as it takes.`, { retryAfterMs: RETRY_AFTER_MS });
  }
}
