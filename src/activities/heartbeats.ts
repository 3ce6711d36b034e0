import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 1_000;

export interface Heartbeats {
  report(details: unknown): void;
  /** What was reported last, which the server is to keep. */
  reported(): unknown;
  stop(): void;
}

/** Beats while an activity runs, with what it reported last. */
export function heartbeats(): Heartbeats {
  const context = Context.current();
  let details: unknown = context.info.heartbeatDetails;
  const beat = (): void => context.heartbeat(details);
  const timer = setInterval(beat, HEARTBEAT_MS);
  return { report: (next) => { details = next; beat(); }, reported: () => details, stop: () => clearInterval(timer) };
}
