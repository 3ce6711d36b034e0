import type { SequencedEvent } from '../../store/stores.js';
import { Looking } from '../looking.js';

/** What is read of the events of one deployment. */
export interface EventReading {
  /** The oldest ones after the sequence. */
  readonly page: (after: number, limit: number) => Promise<readonly SequencedEvent[]>;
  readonly hasEnded: () => Promise<boolean>;
}

const BATCH = 200;

/** As many as are kept for those who are nearly up to date, some hundred kilobytes; who is further behind reads alone until they are not. */
const MOST_KEPT = 1_000;

/** Without any word of the database that something was written: it cannot be listened to, or a worker of an older release wrote it. */
const UNTOLD_MS = 2_000;

/** Every event after `from` that has been read, in their order. */
interface Kept {
  readonly from: number;
  readonly events: readonly SequencedEvent[];
  /** Older ones were let go. */
  readonly cut: boolean;
}

/** The events of one deployment, read once for all who follow them. */
export class FollowedEvents {
  private readonly looking: Looking<true>;
  private kept: Kept | undefined;
  /** As of the last look. */
  private ended = false;

  constructor(private readonly reading: EventReading) {
    this.looking = new Looking(() => this.look(), () => UNTOLD_MS);
  }

  poke(): void {
    this.looking.poke();
  }

  /**
   * Looks once.
   *
   * @returns whether any event may come after `sequence`; undefined when the signal fires first
   * @throws DEPLOYMENT_NOT_FOUND, DATABASE_UNAVAILABLE
   */
  async goesOn(sequence: number, signal: AbortSignal): Promise<boolean | undefined> {
    this.keepFrom(sequence);
    const looked = await this.looking.next('now', signal);
    return looked && (!this.ended || this.lastKept() > sequence);
  }

  /**
   * The events after `sequence`, as soon as there are any; {@link goesOn} comes first. Survives an absent database: it waits.
   *
   * @returns none when the deployment has ended and all were given, or the signal fires
   */
  async after(sequence: number, signal: AbortSignal): Promise<readonly SequencedEvent[]> {
    for (;;) {
      const known = await this.known(sequence);
      if (known.length > 0 || (this.ended && this.lastKept() <= sequence)) return known;
      if ((await this.looking.next('in-time', signal).catch(() => true)) === undefined) return [];
    }
  }

  private async known(sequence: number): Promise<readonly SequencedEvent[]> {
    const { from, events } = this.keepFrom(sequence);
    if (sequence >= from) return events.filter((event) => event.sequence > sequence);
    return this.reading.page(sequence, BATCH).catch(() => []);
  }

  /** Who comes with less than all others makes them all be read anew, once, as long as nothing was let go. */
  private keepFrom(sequence: number): Kept {
    if (!this.kept || (sequence < this.kept.from && !this.kept.cut)) this.kept = { from: sequence, events: [], cut: false };
    return this.kept;
  }

  private lastKept(): number {
    return this.kept ? lastOf(this.kept) : 0;
  }

  private async look(): Promise<true> {
    // Read before the events: what was appended before the end is then among them.
    const ended = await this.reading.hasEnded();
    for (let more = true; more;) more = await this.readOn();
    this.ended = ended;
    return true;
  }

  /** @returns whether there may be more */
  private async readOn(): Promise<boolean> {
    const before = this.kept;
    if (!before) return false;
    const page = await this.reading.page(lastOf(before), BATCH);
    // Somebody came who needs older ones: from there on, then.
    if (this.kept !== before) return true;
    this.kept = extended(before, page);
    return page.length === BATCH;
  }
}

function lastOf({ from, events }: Kept): number {
  return events.at(-1)?.sequence ?? from;
}

function extended({ from, events, cut }: Kept, page: readonly SequencedEvent[]): Kept {
  const all = [...events, ...page];
  const letGo = all.slice(0, -MOST_KEPT).at(-1);
  return letGo ? { from: letGo.sequence, events: all.slice(-MOST_KEPT), cut: true } : { from, events: all, cut };
}
