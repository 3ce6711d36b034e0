import type { ResticEngineOptions } from '../../src/engines/restic/restic-engine.js';

/** Where a repository is, as restic reaches it. */
export type Reached = Pick<ResticEngineOptions, 'repository' | 'env' | 'options'>;

/** A place for a repository on a server, and the folder in which the server keeps it. */
export interface RemotePlace extends Reached {
  readonly behind: string;
}

/** A server of this machine that restic reaches over the network. */
export interface RemoteServer {
  place(name: string): Promise<RemotePlace>;
  /** How one comes who has no right to. */
  readonly stranger: Partial<Reached>;
  close(): Promise<void>;
}
