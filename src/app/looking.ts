/** Between the beginnings of two looks, whatever is written meanwhile. */
const GAP_MS = 50;

/** `now`: a look that begins as soon as one may. `in-time`: the next one, which comes by itself. */
export type When = 'now' | 'in-time';

interface Waiter<T> {
  readonly resolve: (found: T) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Looks again and again for as long as somebody wants to know, one look at a time, and tells all of them what it found: how many they are
 * makes no difference to what is looked at. Nobody is told of a look that had begun before they came.
 */
export class Looking<T> {
  private waiting = new Set<Waiter<T>>();
  private timer: NodeJS.Timeout | undefined;
  private dueAt = Number.POSITIVE_INFINITY;
  private begunAt = Number.NEGATIVE_INFINITY;
  private isLooking = false;
  /** Something was written since the last look began. */
  private stale = false;

  /** @param everyMs from the beginning of a look to that of the next, while nothing says that there is something new */
  constructor(private readonly look: () => Promise<T>, private readonly everyMs: () => number) {}

  /** What the next look finds; undefined when the signal fires first. @throws what the look throws */
  next(when: When): Promise<T>;
  next(when: When, signal: AbortSignal): Promise<T | undefined>;
  next(when: When, signal?: AbortSignal): Promise<T | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const left = (): void => {
        this.waiting.delete(waiter);
        resolve(undefined);
        if (this.waiting.size === 0) this.rest();
      };
      const stay = (): void => signal?.removeEventListener('abort', left);
      const waiter: Waiter<T> = {
        resolve: (found) => { stay(); resolve(found); },
        reject: (error) => { stay(); reject(error as Error); },
      };
      signal?.addEventListener('abort', left, { once: true });
      this.waiting.add(waiter);
      if (when === 'now') this.stale = true;
      this.schedule();
    });
  }

  /** There may be something new. */
  poke(): void {
    this.stale = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.isLooking || this.waiting.size === 0) return;
    const at = this.begunAt + (this.stale ? GAP_MS : this.everyMs());
    if (this.timer && this.dueAt <= at) return;
    clearTimeout(this.timer);
    this.dueAt = at;
    this.timer = setTimeout(() => void this.carryOut(), Math.max(0, at - performance.now()));
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async carryOut(): Promise<void> {
    const told = this.waiting;
    this.timer = undefined;
    this.waiting = new Set();
    this.begunAt = performance.now();
    this.isLooking = true;
    this.stale = false;
    try {
      const found = await this.look();
      for (const { resolve } of told) resolve(found);
    } catch (error) {
      for (const { reject } of told) reject(error);
    } finally {
      this.isLooking = false;
      this.schedule();
    }
  }
}
