import { type Pin, SAFETY_KEPT_MS } from '../../domain/backup/pin.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { wasForgotten } from '../refusals.js';
import { assertAvailable, type MemoryTables } from './tables.js';

/** Of the kept backups that are asked for. */
export function memoryPins(tables: MemoryTables, asked: (record: BackupRecord) => boolean): readonly Pin[] {
  assertAvailable(tables);
  const kept = [...tables.backups.values()].filter(({ record }) => asked(record) && record.snapshot !== null && record.state !== 'forgotten');
  return kept.flatMap(({ record: { id, trigger }, key }) => {
    const maker = key?.split('/')[0] ?? '';
    return [...byRestores(tables, id), ...byDrills(tables, id), ...(trigger === 'safety' ? bySafety(tables, id, maker) : []), ...(trigger === 'deployment' ? byDeployment(tables, id, maker) : [])];
  });
}

/** @throws BACKUP_FORGOTTEN */
export function refuseForgotten(tables: MemoryTables, backup: string): void {
  if (tables.backups.get(backup)?.record.state === 'forgotten') throw wasForgotten(backup);
}

function byRestores(tables: MemoryTables, backup: string): Pin[] {
  return [...tables.restores.values()].flatMap(({ record }) => (record.backup === backup && record.endedAt === null ? [{ backup, kind: 'restore' as const, by: record.id, until: null }] : []));
}

function byDrills(tables: MemoryTables, backup: string): Pin[] {
  return [...tables.drills.values()].flatMap(({ record }) => (record.backup === backup && record.endedAt === null ? [{ backup, kind: 'drill' as const, by: record.id, until: null }] : []));
}

function bySafety(tables: MemoryTables, backup: string, restore: string): Pin[] {
  const record = tables.restores.get(restore)?.record;
  if (!record) return [];
  const untilMs = record.endedAt === null ? null : Date.parse(record.endedAt) + SAFETY_KEPT_MS;
  if (untilMs !== null && untilMs <= tables.now()) return [];
  return [{ backup, kind: 'safety', by: restore, until: untilMs === null ? null : new Date(untilMs).toISOString() }];
}

function byDeployment(tables: MemoryTables, backup: string, deployment: string): Pin[] {
  const record = tables.deployments.get(deployment)?.record;
  if (!record) return [];
  if (record.endedAt === null) return [{ backup, kind: 'deployment', by: deployment, until: null }];
  const offers = (record.status?.followUps ?? []).filter(({ kind }) => kind === 'restore-offered');
  return offers.flatMap(({ until }) => (until !== null && Date.parse(until) > tables.now() ? [{ backup, kind: 'offer' as const, by: deployment, until }] : []));
}
