import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';

/** Starts a run whose id is a lock. @returns whether it was skipped, because another one has the lock. */
export async function startOrSkip(start: () => Promise<unknown>, skip: () => Promise<unknown>): Promise<boolean> {
  try {
    await start();
    return false;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await skip();
    return true;
  }
}
