/** One process of the stack, and how to start it. */
export interface Part {
  /** For people and for file names: `worker`. */
  readonly name: string;
  /**
   * Starts it and returns when it is ready for work.
   *
   * @throws PROCESS_FAILED, PORT_TAKEN; nothing of it runs then
   */
  start(signal: AbortSignal): Promise<RunningPart>;
}

export interface RunningPart {
  readonly pid: number;
  /** Settles when it has ended, with why; never rejects. */
  readonly ended: Promise<string>;
  /** Asks it to end, and makes it after its grace; returns when it is gone. Idempotent. */
  stop(): Promise<void>;
}
