import { pathOf } from '../../domain/backup/names.js';
import type { BackupRecord } from '../../domain/backup/record.js';
import { byNewestData, entryOf, erased, held, isOf, isSkippedStart, keptAttempts, letGo, lost, provenEqual, readAgain, recorded, skipped, storedAs, type BackupRow, unread } from '../backup-row.js';
import type { BackupFilter, BackupStore, NewBackup } from '../backup-stores.js';
import { later, moment } from '../moment.js';
import { noBackup, notRunning } from '../refusals.js';
import { claimed, neverRan } from '../run-claim.js';
import { storable } from '../storable.js';
import { appendAudit } from './audit-store.js';
import { bindResource, unbindResource } from './idempotency-store.js';
import { memoryPins } from './pins.js';
import { olderThan, pageOfRecords, recordsOf } from './record-lists.js';
import { assertAvailable, nowText, type MemoryTables } from './tables.js';

export function memoryBackupStore(tables: MemoryTables): BackupStore {
  const records = () => recordsOf(tables, tables.backups);
  const attempts = (id: string) => tables.contents.get(id) ?? new Map<number, never>();
  /** @returns false when there is no such row. */
  const change = (id: string, next: (row: BackupRow) => BackupRow | undefined): boolean | undefined => {
    assertAvailable(tables);
    const row = tables.backups.get(id);
    if (!row) return undefined;
    const changed = next(row);
    if (!changed) return false;
    const stored = { ...changed, record: storable(changed.record) };
    tables.backups.set(id, stored);
    dropContents(tables, stored);
    return true;
  };
  const mustChange = (id: string, next: (row: BackupRow) => BackupRow | undefined): void => {
    if (change(id, next) === undefined) throw noBackup(id);
  };
  return {
    request: async (backup, idempotency) => {
      assertAvailable(tables);
      const known = [...tables.backups.values()].find(({ key }) => key !== null && key === backup.key);
      const id = known?.record.id ?? backup.id;
      if (idempotency) bindResource(tables, idempotency, id);
      if (!tables.backups.has(id)) tables.backups.set(id, requested(backup, nowText(tables)));
      return id;
    },
    claim: async (id, runId) => change(id, (row) => claimed(row, runId)) === true,
    get: async (id) => {
      assertAvailable(tables);
      return tables.backups.get(id)?.record;
    },
    list: async (filter, page) => pageOfRecords(records().filter((record) => matches(filter, record)), page),
    kept: async (address) => records().filter((record) => isOf(record, address) && record.snapshot !== null && record.state !== 'forgotten').sort(byNewestData).map(entryOf),
    pins: async (address) => memoryPins(tables, (record) => isOf(record, address)),
    newestVerified: async (address, before) => records().filter((record) =>
      matches({ ...address, usable: true }, record) && record.trigger !== 'safety' && (before === undefined || (record.at ?? '') <= moment(before))).sort(byNewestData)[0],
    withdraw: async (id) => {
      assertAvailable(tables);
      const row = tables.backups.get(id);
      if (!row || !neverRan(row)) return;
      tables.backups.delete(id);
      tables.contents.delete(id);
      unbindResource(tables, id);
    },
    skippedStarts: async (address) => recordsOf(tables, tables.backups).filter((record) => isOf(record, address) && isSkippedStart(record)).length,
    skip: async (id, text) => void change(id, (row) => skipped(row, text, nowText(tables))),
    keepContent: async (id, attempt, content) => {
      assertAvailable(tables);
      if (tables.backups.get(id)?.record.endedAt !== null) throw notRunning(id);
      if (!attempts(id).has(attempt)) tables.contents.set(id, new Map([...attempts(id), [attempt, plain({ ...content, at: moment(content.at) })]]));
    },
    wasBegun: async (id) => {
      assertAvailable(tables);
      return (tables.contents.get(id)?.size ?? 0) > 0;
    },
    content: async (id, attempt) => {
      assertAvailable(tables);
      const wanted = attempt ?? tables.backups.get(id)?.attempt;
      return wanted === undefined || wanted === null ? undefined : attempts(id).get(wanted);
    },
    stored: async (id, { manifest, ...stored }) => {
      assertAvailable(tables);
      const content = attempts(id).get(stored.attempt);
      if (!content) throw notRunning(id);
      mustChange(id, (row) => storedAs(row, { manifest, ...stored }));
      if (attempts(id).has(stored.attempt)) tables.contents.get(id)?.set(stored.attempt, plain({ ...content, manifest }));
    },
    record: async (status) => mustChange(status.backup, (row) => recorded(row, status, nowText(tables))),
    verified: async (id, result) => mustChange(id, (row) => readAgain(row, result)),
    unread: async (id, failure) => mustChange(id, (row) => unread(row, failure)),
    proven: async (id, at) => mustChange(id, (row) => provenEqual(row, at)),
    letGo: async (ids) => {
      const wanted = new Set(ids);
      const pinned = new Set(memoryPins(tables, ({ id }) => wanted.has(id)).map(({ backup }) => backup));
      return ids.filter((id) => !pinned.has(id) && change(id, letGo));
    },
    lettingGo: async (address) => records().filter(({ id, state, ...record }) =>
      isOf(record, address) && state === 'forgotten' && tables.backups.get(id)?.erased === false).reverse().map(entryOf),
    forgotten: async (ids) => ids.forEach((id) => change(id, erased)),
    retained: async (address, at) => {
      assertAvailable(tables);
      const retainedAt = later(tables.retentions.get(pathOf(address))?.retainedAt ?? null, at) ?? at;
      tables.retentions.set(pathOf(address), { ...address, retainedAt });
    },
    hold: async (id, hold, entry) => {
      mustChange(id, (row) => held(row, hold));
      appendAudit(tables, entry);
    },
    unfinished: async (olderThanMs) => olderThan(tables, records(), olderThanMs),
    lose: async (id, text) => {
      const gone = change(id, (row) => lost(row, text, nowText(tables))) === true;
      if (gone && tables.backups.get(id)?.runId === null) unbindResource(tables, id);
      return gone;
    },
  };
}

function requested(backup: NewBackup, requestedAt: string): BackupRow {
  const { reason = null, key = null, ...rest } = backup;
  const record = {
    ...rest, reason, state: 'requested' as const, status: null, snapshot: null, fingerprint: null, bytes: null, storedBytes: null, at: null,
    verifiedAt: null, checkFailure: null, provenAt: null, damage: [], hold: null, requestedAt, endedAt: null,
  };
  return { record: storable(record), key, runId: null, attempt: null, checkedAt: null, tookMs: null, erased: false };
}

function matches({ state, repository, since, until, usable, ...address }: BackupFilter, record: BackupRecord): boolean {
  return isOf(record, address)
    && (state === undefined || record.state === state)
    && (repository === undefined || record.repository === repository)
    && (since === undefined || record.requestedAt >= moment(since))
    && (until === undefined || record.requestedAt < moment(until))
    && (usable === undefined || (record.state === 'verified') === usable);
}

function dropContents(tables: MemoryTables, row: BackupRow): void {
  const [from, to] = keptAttempts(row);
  const contents = tables.contents.get(row.record.id);
  for (const attempt of contents?.keys() ?? []) if (attempt < from || attempt > to) contents?.delete(attempt);
}

/** As a table would give it back: nothing of it is shared with whoever wrote it. */
function plain<T>(value: T): T {
  return structuredClone(value);
}
