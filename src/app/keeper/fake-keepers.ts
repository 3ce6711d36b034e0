import type { Keepers } from './keepers.js';

/** Keepers in memory. */
export class FakeKeepers implements Keepers {
  /** The sites whose keeper runs. */
  readonly running = new Set<string>();

  async ensure(site: string): Promise<void> {
    this.running.add(site);
  }
}
