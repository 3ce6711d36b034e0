import type { SourceAddress } from '../../domain/backup/plan.js';
import type { Page, PageRequest } from '../../store/stores.js';
import type { AppDeps } from '../deps.js';
import { drillOf } from './backup-record-of.js';
import { type DrillDetail, type DrillView, drillView } from './drill-view.js';

/** Newest first. @throws DATABASE_UNAVAILABLE, INVALID_REQUEST (the cursor is none of ours) */
export const listDrills = (deps: AppDeps) => async (filter: Partial<SourceAddress>, page: PageRequest): Promise<Page<DrillView>> => {
  const { items, next } = await deps.stores.drills.list(filter, page);
  return { items: items.map(drillView), next };
};

/** @throws DRILL_NOT_FOUND, DATABASE_UNAVAILABLE */
export const showDrill = (deps: AppDeps) => async (id: string): Promise<DrillDetail> => {
  const record = await drillOf(deps.stores, id);
  const { service, environment, source, endedAt } = record;
  return { ...drillView(record), trying: endedAt === null ? await deps.backupRuns.trying('drill', { service, environment, source, run: id }) : null };
};
