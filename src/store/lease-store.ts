export type LeaseMode = 'shared' | 'alone';
export interface LeaseRequest {
  readonly name: string;
  readonly mode: LeaseMode;
  readonly holder: string;
  readonly ttlMs: number;
  /** Of `alone`, when it is refused: for so long nobody new gets a shared one, so that those who share come to an end. Ask again within it. */
  readonly waitsMs?: number;
  /** Of `shared`: is let in before one who waits to be alone, as a restore is by retention. */
  readonly ahead?: boolean;
}
export type LeaseAnswer = { readonly token: number } | { readonly heldBy: string; readonly until: string };

/** Who may work on a repository, for a bounded time: a holder that dies stops nobody for longer than that. By the database's clock. */
export interface LeaseStore {
  /**
   * `token` grows with each lease given out, whatever its name: a later holder always has the higher one. Nobody is kept out by it: neither restic nor
   * a folder would refuse a lower one. That nothing works on without its lease is the bound of its programs.
   *
   * @returns the lease, or who holds it and until when.
   */
  acquire(request: LeaseRequest): Promise<LeaseAnswer>;
  /** @returns false when it has run out, or was never given: the holder must stop at once. */
  renew(token: number, ttlMs: number): Promise<boolean>;
  release(token: number): Promise<void>;
}
