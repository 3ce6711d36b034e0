import { addressOf } from '../../domain/backup/names.js';
import type { BackupPlan, BackupTrigger } from '../../domain/backup/plan.js';
import type { BackupRecord, DrillRecord, RestoreRecord } from '../../domain/backup/record.js';
import { SCHEDULE_ACTOR } from '../../domain/backup/schedules.js';
import { messageOf } from '../../domain/errors.js';
import type { NoticeKind } from '../../notifiers/notifier.js';
import type { AppDeps } from '../deps.js';
import type { BackupRunAddress, BackupRunKind, FoundBackupRun } from './backup-runs.js';

/** A younger row may be between its transaction and its start. */
const YOUNG_MS = 60_000;

/** What a schedule asked for may wait for workers in the middle of its tick. */
const TICKING_MS = 4 * 3_600_000;

/** A run that ended by itself has somebody at work on its record. */
const RECORDING_MS = 3_600_000;

interface Row {
  readonly kind: BackupRunKind;
  readonly address: BackupRunAddress;
  readonly requestedAt: string;
  /** null for a drill that never chose a backup. */
  readonly plan: BackupPlan | null;
  /** How long it may be without a run: another sequence may still wait for its turn to start it. */
  readonly patienceMs: number;
  /** @returns what people are told; null: it had ended. */
  readonly lose: (text: string) => Promise<string | null>;
}

/**
 * Ends rows of backups, restores and drills whose run is gone, and tells those whom their plan names. One that cannot be judged (no server,
 * no database) is left for the next sweep.
 *
 * @returns how many were ended.
 */
export const sweepLostBackups = (deps: AppDeps) => async (): Promise<number> => {
  const { backups, restores, drills } = deps.stores;
  const [ofBackups, ofRestores, ofDrills] = await Promise.all([backups.unfinished(YOUNG_MS), restores.unfinished(YOUNG_MS), drills.unfinished(YOUNG_MS)]);
  const rows = [...ofBackups.map((record) => backupRow(deps, record)), ...ofRestores.map((record) => restoreRow(deps, record)), ...ofDrills.map((record) => drillRow(deps, record))];
  let lost = 0;
  for (const row of rows) lost += (await sweep(deps, row)) ? 1 : 0;
  return lost;
};

async function sweep(deps: AppDeps, row: Row): Promise<boolean> {
  const run = await deps.backupRuns.describe(row.kind, row.address);
  const why = lostBecause(row, run, deps.now());
  if (why === undefined || (run?.run !== row.address.run && (await deps.backupRuns.findRunning(row.kind, row.address.run)))) return false;
  const text = await row.lose(why);
  if (text === null) return false;
  const { run: id, service, environment, source } = row.address;
  deps.log.warn({ [row.kind]: id, service, environment, source }, text);
  await tellLost(deps, row, text);
  return true;
}

/** At once, as there may be no worker; those who cannot be reached are told by a run of its own. */
async function tellLost(deps: AppDeps, { kind: lost, address: { run, service, environment, source }, plan }: Row, text: string): Promise<void> {
  const kind: NoticeKind = `${lost}-failed`;
  const untold = await deps.tell(plan?.notify ?? {}, { kind, service, environment, source, run, text, at: new Date(deps.now()).toISOString() });
  if (!plan || untold.length === 0) return;
  const notify = Object.fromEntries(Object.entries(plan.notify).filter(([name]) => untold.includes(name)));
  await deps.backupRuns.startNotice({ plan: { ...plan, notify }, run, kind, text }).catch((error: unknown) => {
    deps.log.warn({ [lost]: run, receivers: untold, reason: messageOf(error) }, 'nobody goes on telling that it is lost');
  });
}

/** @returns undefined while the run lives, may still start, or may still be recorded. */
function lostBecause({ address, patienceMs, requestedAt }: Row, run: FoundBackupRun | undefined, now: number): string | undefined {
  if (run?.run !== address.run) {
    return now - Date.parse(requestedAt) > patienceMs ? 'Its run never started, or is gone: another one took its place or its history was deleted.' : undefined;
  }
  if (run.state === 'running') return undefined;
  if (run.state === 'gone') return 'Its run was terminated, timed out or failed in Temporal.';
  const closedMs = run.closedAt === null ? now : Date.parse(run.closedAt);
  return now - closedMs > RECORDING_MS ? 'Its run ended, but its outcome was never recorded.' : undefined;
}

function backupRow({ stores }: AppDeps, { id, plan, trigger, requestedAt }: BackupRecord): Row {
  return { kind: 'backup', address: { ...addressOf(plan), run: id }, requestedAt, plan, patienceMs: patienceOf(trigger, plan), lose: async (text) => ((await stores.backups.lose(id, text)) ? text : null) };
}

function patienceOf(trigger: BackupTrigger, { source }: BackupPlan): number {
  switch (trigger) {
    case 'request': return YOUNG_MS;
    case 'schedule': return TICKING_MS;
    // Waits its turn while another backup of the source runs.
    case 'deployment': case 'safety': return source.timeoutMs + YOUNG_MS;
  }
}

function restoreRow({ stores }: AppDeps, { id, plan, requestedAt }: RestoreRecord): Row {
  // The record says more: what to look for.
  const lose = async (text: string): Promise<string | null> => ((await stores.restores.lose(id, text)) ? (await stores.restores.get(id))?.status?.cause?.text ?? text : null);
  return { kind: 'restore', address: { ...addressOf(plan), run: id }, requestedAt, plan, patienceMs: YOUNG_MS, lose };
}

function drillRow({ stores }: AppDeps, { id, service, environment, source, by, plan, requestedAt }: DrillRecord): Row {
  const patienceMs = by.name === SCHEDULE_ACTOR.name ? TICKING_MS : YOUNG_MS;
  return { kind: 'drill', address: { service, environment, source, run: id }, requestedAt, plan, patienceMs, lose: async (text) => ((await stores.drills.lose(id, text)) ? text : null) };
}
