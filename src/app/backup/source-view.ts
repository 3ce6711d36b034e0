import { addressOf } from '../../domain/backup/names.js';
import type { BackupPlan, SourceAddress } from '../../domain/backup/plan.js';
import { type ScheduleKind, schedulesOf } from '../../domain/backup/schedules.js';
import type { KeepRules, ScheduleSpec, SourceKind } from '../../domain/backup/source-spec.js';
import type { AppDeps } from '../deps.js';
import type { ScheduleHealth } from './backup-schedules.js';
import type { ScheduleProblem } from './schedule-board.js';
import { type BackupSummary, backupSummary } from './backup-view.js';
import type { DeclaredSource } from './declared-sources.js';
import { type DrillView, drillView } from './drill-view.js';
import { ownedPlans } from './owned-plan.js';
import { ageOf } from './source-age.js';

/** One source as a service declares it. */
export interface SourceView extends SourceAddress {
  /** Whose it is: the service itself, or the one whose source it uses. Backups and restores are asked for by this name. */
  readonly owner: { readonly service: string; readonly source: string };
  /** null where the service only uses it: ask the owner. */
  readonly owned: OwnedView | null;
}

export interface OwnedView {
  readonly kind: SourceKind;
  readonly repository: string;
  readonly keep: KeepRules;
  /** Of whatever state; null while there is none. */
  readonly newest: BackupSummary | null;
  readonly newestVerified: BackupSummary | null;
  /** Of the newest verified data. */
  readonly ageMs: number | null;
  readonly maxAgeMs: number | null;
  readonly tooOld: boolean;
  readonly schedule: ScheduleView | null;
  readonly drill: ScheduleView | null;
  readonly lastDrill: DrillView | null;
}

export interface ScheduleView {
  readonly when: ScheduleSpec['when'];
  readonly timezone: string;
  /** Starts that found the run before still at work. */
  readonly skipped: number;
  /** How it has fared; null while it is not there yet, or nobody answers. */
  readonly health: ScheduleHealth | null;
  /** Why it is not in force as declared, as this process last saw; null while it is. */
  readonly problem: ScheduleProblem | null;
}

type Deps = Pick<AppDeps, 'stores' | 'now' | 'site' | 'backupSchedules' | 'scheduleBoard'>;

export async function sourceView(deps: Deps, { spec, declaration }: DeclaredSource): Promise<SourceView> {
  const { service, environment } = spec;
  const address = { service, environment, source: declaration.name };
  if ('uses' in declaration) return { ...address, owner: declaration.uses, owned: null };
  const plan = ownedPlans(deps, spec).find(({ source }) => source.name === declaration.name);
  return { ...address, owner: { service, source: declaration.name }, owned: plan ? await ownedView(deps, plan) : null };
}

async function ownedView(deps: Deps, plan: BackupPlan): Promise<OwnedView> {
  const address = addressOf(plan);
  const one = { limit: 1 };
  const [{ newestVerified, ageMs, overdueMs }, newest, drills, schedule, drill] = await Promise.all([
    ageOf(deps, plan), deps.stores.backups.list(address, one), deps.stores.drills.list(address, one), scheduleView(deps, plan, 'backup'), scheduleView(deps, plan, 'drill'),
  ]);
  const { at, repository, keep, maxAgeMs } = plan.source;
  const [last] = drills.items;
  const [row] = newest.items;
  return {
    kind: at.kind, repository, keep, newest: row ? backupSummary(row) : null, newestVerified: newestVerified && backupSummary(newestVerified),
    ageMs, maxAgeMs, tooOld: overdueMs !== null, schedule, drill, lastDrill: last ? drillView(last) : null,
  };
}

async function scheduleView({ stores, backupSchedules, scheduleBoard }: Deps, plan: BackupPlan, kind: ScheduleKind): Promise<ScheduleView | null> {
  const wanted = schedulesOf(plan).find((each) => each.kind === kind);
  if (!wanted) return null;
  const { when, timezone } = wanted.spec;
  const rows = kind === 'backup' ? stores.backups : stores.drills;
  const [health, skipped] = await Promise.all([backupSchedules.health(wanted.id), rows.skippedStarts(addressOf(plan))]);
  return { when, timezone, skipped, health: health ?? null, problem: scheduleBoard.problemOf(wanted.id) };
}
