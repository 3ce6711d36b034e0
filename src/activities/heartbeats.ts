import { Context } from '@temporalio/activity';

const HEARTBEAT_MS = 1_000;

/** Beats while an activity runs, with what it reported last. */
export function heartbeats(): { report: (details: unknown) => void; stop: () => void } {
  const context = Context.current();
  let details: unknown = context.info.heartbeatDetails;
  const beat = (): void => context.heartbeat(details);
  const timer = setInterval(beat, HEARTBEAT_MS);
  return { report: (next) => { details = next; beat(); }, stop: () => clearInterval(timer) };
}
