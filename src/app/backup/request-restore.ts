import type { Actor } from '../../domain/actor.js';
import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { RestorePlan, SourceAddress } from '../../domain/backup/plan.js';
import type { RestoreRecord } from '../../domain/backup/record.js';
import type { RestoreStatus } from '../../domain/backup/restore-status.js';
import { codeOf, isErrorCode, SlipwayError } from '../../domain/errors.js';
import type { NewRestore } from '../../store/backup-stores.js';
import type { IdempotencyClaim } from '../../store/stores.js';
import type { HeldAnswer } from '../../workflows/backup/input.js';
import { carryOutOnce } from '../carry-out-once.js';
import type { AppDeps } from '../deps.js';
import { firstRestoreStatus } from '../../domain/backup/first-statuses.js';
import { planRestore, type PlanRestore } from './plan-restore.js';
import { recordedStatus, type RestoreTicket, restoreTicket } from './restore-view.js';
import { refuseBusy } from './services-to-hold.js';
import { startRun, withdrawn } from './start-run.js';

export interface RequestRestore extends PlanRestore {
  readonly reason?: string | undefined;
}

/**
 * Starts a restore; one that swaps is answered when it holds every service that declares the source. With an idempotency claim a repeated
 * request drives the same restore on, and gets the same refusal where that gave up.
 *
 * @throws RESTORE_RUNNING, DEPLOYMENT_LIVE, HELD_BY_RESTORE, IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT, TEMPORAL_UNAVAILABLE,
 *   TEMPORAL_TIMEOUT (it may go on: repeat it with the same key) and all of `planRestore`
 */
export const requestRestore = (deps: AppDeps) => (command: RequestRestore, by: Actor, claim?: IdempotencyClaim): Promise<RestoreTicket> =>
  carryOutOnce<RestorePlan, RestoreTicket>(deps, claim, {
    async prepare() {
      const plan = await planRestore(deps, command);
      await refuseRunning(deps, plan);
      await refuseBusy(deps, plan.environment, plan.holds);
      return plan;
    },
    async start(plan) {
      const restore = newRestore(deps, plan, command, by);
      await deps.stores.restores.request(restore, claim);
      return start(deps, restore);
    },
    async begun(id) {
      const record = await deps.stores.restores.get(id);
      return record && begun(deps, record);
    },
    async driveOn(id) {
      const record = await deps.stores.restores.get(id);
      return record && start(deps, withoutNull(record));
    },
  });

/** What a restore would do, without doing it. */
export const previewRestore = (deps: AppDeps) => (command: PlanRestore): Promise<RestorePlan> => planRestore(deps, command);

function newRestore({ newId }: AppDeps, plan: RestorePlan, { reason }: RequestRestore, by: Actor): NewRestore {
  return { id: newId(), ...addressOf(plan), backup: plan.backup.id, plan, by, ...(reason !== undefined && { reason }) };
}

/** Known to have begun once it may be answered: one that swaps holds all it must. @throws the refusal of one that gave up */
async function begun(deps: AppDeps, record: RestoreRecord): Promise<RestoreTicket | undefined> {
  if (record.endedAt !== null) {
    const answer = answerOfEnded(record.status);
    if (!answer.held) throw gaveUp(record.id, answer);
    return restoreTicket(recordedStatus(record));
  }
  const address = addressOf(record.plan);
  if (record.plan.dryRun) {
    const found = await deps.backupRuns.describe('restore', address);
    return found?.run === record.id ? restoreTicket(recordedStatus(record)) : undefined;
  }
  const status = await deps.backupRuns.restoreStatus({ ...address, run: record.id });
  return status?.milestones['held'] === undefined ? undefined : ticketOf(deps, withoutNull(record));
}

function withoutNull({ reason, ...record }: RestoreRecord): NewRestore {
  return { ...record, ...(reason !== null && { reason }) };
}

async function start(deps: AppDeps, restore: NewRestore): Promise<RestoreTicket> {
  const { id, plan, by, reason } = restore;
  await startRun(deps, {
    start: () => deps.backupRuns.startRestore({ restore: id, plan, by, ...(reason !== undefined && { reason }) }),
    withdraw: () => deps.stores.restores.withdraw(id),
    refusal: (live) => restoreRunning(addressOf(plan), live),
  });
  if (!plan.dryRun) await waitUntilHeld(deps, restore);
  return ticketOf(deps, restore);
}

/** As it is when it is answered: one that swaps holds all it must. */
function ticketOf({ now }: AppDeps, { id, plan }: NewRestore): RestoreTicket {
  const held = plan.dryRun ? {} : { phase: 'holding' as const, held: plan.holds };
  return restoreTicket({ ...firstRestoreStatus({ restore: id, plan }, new Date(now()).toISOString()), ...held });
}

/** Asked before the services it holds are: that it runs says more than that it holds them. */
async function refuseRunning({ backupRuns }: AppDeps, plan: RestorePlan): Promise<void> {
  const found = await backupRuns.describe('restore', addressOf(plan));
  if (found?.state === 'running') throw restoreRunning(addressOf(plan), found.run);
}

function restoreRunning(address: SourceAddress, live: string): SlipwayError {
  return new SlipwayError('RESTORE_RUNNING', `Restore ${live} of ${pathOf(address)} is running.`, { details: { restore: live } });
}

async function waitUntilHeld(deps: AppDeps, restore: NewRestore): Promise<void> {
  const answer = await heldAnswer(deps, restore);
  if (answer.held) return;
  await withdrawn(deps, () => deps.stores.restores.withdraw(restore.id));
  // Says who has it: a deployment, or another restore.
  if (answer.service !== null) await refuseBusy(deps, restore.plan.environment, [answer.service]);
  throw gaveUp(restore.id, answer);
}

function gaveUp(restore: string, { code, text, service }: Extract<HeldAnswer, { readonly held: false }>): SlipwayError {
  const details = { restore, ...(service !== null && { service }) };
  const detail = code === 'LOST' ? text : `The restore gave up and changed nothing: ${text}.`;
  return new SlipwayError(isErrorCode(code) ? code : 'INTERNAL', detail, { details });
}

async function heldAnswer(deps: AppDeps, { id, plan }: NewRestore): Promise<HeldAnswer> {
  try {
    return await deps.backupRuns.held({ ...addressOf(plan), run: id });
  } catch (error) {
    if (codeOf(error) === 'RESTORE_ENDED') return answerOfEnded((await deps.stores.restores.get(id))?.status);
    if (codeOf(error) !== 'TEMPORAL_TIMEOUT') throw error;
    throw new SlipwayError('TEMPORAL_TIMEOUT', `Restore ${id} has not said yet whether it holds ${plan.holds.join(', ')}: it may go on.`, { cause: error, details: { restore: id } });
  }
}

/** It ended before it could be asked: its record says whether it ever held what it must. */
function answerOfEnded(status: RestoreStatus | null | undefined): HeldAnswer {
  if (!status?.cause || status.milestones['held'] !== undefined) return { held: true };
  return { held: false, code: status.cause.code, text: status.cause.text, service: null };
}
