import { codeOf, messageOf } from '../domain/errors.js';

/** Runs what a process is for, and ends with it: connections that are left open do not keep it alive. */
export async function runProcess(main: () => Promise<void>): Promise<never> {
  try {
    await main();
    process.exit(0);
  } catch (error) {
    // Not by the logger: there may be none yet, or none to be had.
    process.stderr.write(`${codeOf(error)}: ${messageOf(error)}\n`);
    process.exit(1);
  }
}
