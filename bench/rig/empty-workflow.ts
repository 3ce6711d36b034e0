import { condition, defineUpdate, setHandler } from '@temporalio/workflow';

/** Answers `ping` until it is terminated; does nothing else. */
export async function emptyWorkflow(): Promise<void> {
  setHandler(defineUpdate<void>('ping'), () => undefined);
  await condition(() => false);
}
