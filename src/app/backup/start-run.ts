import { messageOf, type SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import type { BackupStart } from './backup-runs.js';

/** A row that was written, and the run it is to get. */
export interface RowToStart {
  readonly start: () => Promise<BackupStart>;
  /** Takes the row back, as its run never started. */
  readonly withdraw: () => Promise<void>;
  readonly refusal: (live: string) => SlipwayError;
}

/** Starts the run, or takes the row back. @throws the refusal when another run has the lock */
export async function startRun(deps: Pick<AppDeps, 'log'>, row: RowToStart): Promise<void> {
  const started = await row.start();
  if (started.start !== 'other') return;
  await withdrawn(deps, row.withdraw);
  throw row.refusal(started.live);
}

/** Never throws: a row that stays is ended by the sweep. */
export async function withdrawn({ log }: Pick<AppDeps, 'log'>, withdraw: () => Promise<void>): Promise<void> {
  try {
    await withdraw();
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'what was refused could not be withdrawn; the sweep will end it');
  }
}
