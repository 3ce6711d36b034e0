import { sql } from 'drizzle-orm';
import { bigint, bigserial, boolean, doublePrecision, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { Actor } from '../../domain/actor.js';
import type { BackupStatus } from '../../domain/backup/backup-status.js';
import type { Fingerprint, FingerprintSummary } from '../../domain/backup/fingerprint.js';
import type { Damage } from '../../domain/backup/manifest.js';
import type { BackupPlan, BackupTrigger, DrillPlan, RestorePlan } from '../../domain/backup/plan.js';
import type { BackupState, CheckFailure, LegalHold } from '../../domain/backup/record.js';
import type { RestoreStatus } from '../../domain/backup/restore-status.js';
import type { LeaseMode } from '../lease-store.js';
import { document, instant, json, words } from './columns.js';

const requestOf = () => ({
  id: text('id').notNull(),
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  source: text('source').notNull(),
  by: json<Actor>()('requested_by').notNull(),
  requestedAt: instant('requested_at').notNull().default(sql`now()`),
  endedAt: instant('ended_at'),
});

export const backups = pgTable('backups', {
  ...requestOf(),
  repository: text('repository').notNull(),
  state: text('state').$type<BackupState>().notNull().default('requested'),
  trigger: text('trigger').$type<BackupTrigger>().notNull(),
  reason: words('reason'),
  key: words('key'),
  plan: json<BackupPlan>()('plan').notNull(),
  status: json<BackupStatus>()('status'),
  snapshot: words('snapshot'),
  fingerprint: json<FingerprintSummary>()('fingerprint'),
  bytes: bigint('bytes', { mode: 'number' }),
  storedBytes: bigint('stored_bytes', { mode: 'number' }),
  at: instant('at'),
  verifiedAt: instant('verified_at'),
  checkedAt: instant('checked_at'),
  checkFailure: json<CheckFailure>()('check_failure'),
  provenAt: instant('proven_at'),
  damage: json<readonly Damage[]>()('damage').notNull().default([]),
  hold: json<LegalHold>()('hold'),
  attempt: integer('attempt'),
  tookMs: doublePrecision('took_ms'),
  erased: boolean('erased').notNull().default(false),
  runId: text('run_id'),
});

export const backupContents = pgTable('backup_contents', {
  backup: text('backup').notNull(),
  attempt: integer('attempt').notNull(),
  at: instant('at').notNull(),
  about: document<Fingerprint['about']>()('about').notNull(),
  manifest: boolean('manifest').notNull(),
});

/** The items of a fingerprint, the files of a manifest: some thousands a row, so that no number of files makes a statement long. */
export const backupContentParts = pgTable('backup_content_parts', {
  backup: text('backup').notNull(),
  attempt: integer('attempt').notNull(),
  of: text('of').$type<'fingerprint' | 'manifest'>().notNull(),
  part: integer('part').notNull(),
  entries: document<readonly (readonly [string, unknown])[]>()('entries').notNull(),
});

export const restores = pgTable('restores', {
  ...requestOf(),
  backup: text('backup').notNull(),
  plan: json<RestorePlan>()('plan').notNull(),
  reason: words('reason'),
  status: json<RestoreStatus>()('status'),
  runId: text('run_id'),
});

export const drills = pgTable('drills', {
  ...requestOf(),
  backup: text('backup'),
  plan: json<DrillPlan>()('plan'),
  key: words('key'),
  proven: boolean('proven'),
  text: words('text').notNull().default(''),
  tookMs: doublePrecision('took_ms'),
});

export const installation = pgTable('installation', { id: text('id').notNull() });

export const leases = pgTable('leases', {
  token: bigserial('token', { mode: 'number' }).notNull(),
  name: words('name').notNull(),
  mode: text('mode').$type<LeaseMode | 'waiting'>().notNull(),
  holder: words('holder').notNull(),
  until: instant('until').notNull(),
});

export const repositories = pgTable('repository_places', {
  site: words('site').notNull(),
  place: words('place').notNull(),
  name: words('name').notNull(),
  made: boolean('made').notNull().default(false),
  prunedAt: instant('pruned_at'),
  pruneTriedAt: instant('prune_tried_at'),
});

export const retentions = pgTable('retentions', {
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  source: text('source').notNull(),
  at: instant('at').notNull(),
});
