import type { RunAddress } from './deployment-runs.js';

/**
 * Where the deployments that passed through this process run. An address never changes, so nothing here goes stale; it spares a message
 * a look-up, and lets it through while the database is away.
 */
export class AddressBook {
  private readonly known = new Map<string, RunAddress>();

  /** @param capacity oldest entries leave first. */
  constructor(private readonly capacity = 1_000) {}

  note({ deployment, service, environment }: RunAddress): void {
    this.known.delete(deployment);
    this.known.set(deployment, { deployment, service, environment });
    const oldest = this.known.keys().next();
    if (this.known.size > this.capacity && !oldest.done) this.known.delete(oldest.value);
  }

  find(deployment: string): RunAddress | undefined {
    return this.known.get(deployment);
  }
}
