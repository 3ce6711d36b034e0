import { sql } from 'drizzle-orm';
import { bigserial, boolean, doublePrecision, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { Actor } from '../../domain/actor.js';
import type { Plan } from '../../domain/deployment/plan.js';
import type { ObservationRecord } from '../../domain/deployment/record.js';
import type { DeploymentStatus, Phase } from '../../domain/deployment/status.js';
import type { JsonObject } from '../../domain/json.js';
import type { Slot } from '../../domain/router/entry.js';
import { instant, json, jsonb, moment, words } from './columns.js';

/** The tables as queries see them; migrations make them. */

/** The migration says how; here it only keeps them out of inserts. */
const fromStatus = sql`status`;

const revision = () => ({
  service: text('service').notNull(),
  revision: integer('revision').notNull(),
  definition: json<JsonObject>()('definition').notNull(),
  updatedBy: words('updated_by').notNull(),
  updatedAt: moment('updated_at').notNull(),
});
export const services = pgTable('services', revision());
export const serviceRevisions = pgTable('service_revisions', revision());

export const routerEntries = pgTable('router_entries', {
  router: text('router').notNull(),
  backend: text('backend').notNull(),
  service: text('service').notNull(),
  environment: text('environment').notNull(),
});

export const sources = pgTable('sources', {
  environment: text('environment').notNull(),
  service: text('service').notNull(),
  source: text('source').notNull(),
  place: text('place').notNull(),
  maxAgeMs: doublePrecision('max_age_ms'),
  declaredAt: instant('declared_at').notNull().default(sql`clock_timestamp()`),
});

export const deployments = pgTable('deployments', {
  id: text('id').notNull(),
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  strategy: text('strategy').notNull(),
  version: text('version').notNull(),
  phase: text('phase').$type<Phase>().notNull(),
  plan: jsonb<Plan>()('plan').notNull(),
  by: jsonb<Actor>()('requested_by').notNull(),
  reason: words('reason'),
  undoes: text('undoes'),
  revision: integer('revision').notNull(),
  status: jsonb<DeploymentStatus>()('status'),
  accepted: boolean('accepted').notNull().default(false),
  runId: text('run_id'),
  requestedAt: moment('requested_at').notNull().defaultNow(),
  endedAt: moment('ended_at'),
  progressingMs: doublePrecision('progressing_ms').generatedAlwaysAs(fromStatus),
  waitingMs: doublePrecision('waiting_ms').generatedAlwaysAs(fromStatus),
  breachToZeroMs: doublePrecision('breach_to_zero_ms').generatedAlwaysAs(fromStatus),
});

export const stableReleases = pgTable('stable_releases', {
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  deployment: text('deployment').notNull(),
  slot: text('slot').$type<Slot>().notNull(),
  release: jsonb<Plan['candidate']>()('release').notNull(),
  since: moment('since').notNull(),
});

export const deploymentEvents = pgTable('deployment_events', {
  sequence: bigserial('sequence', { mode: 'number' }).notNull(),
  deployment: text('deployment').notNull(),
  key: words('key').notNull(),
  kind: words('kind').notNull(),
  at: words('at').notNull(),
  text: words('text').notNull(),
  data: json<JsonObject>()('data').notNull(),
});

export const idempotencyKeys = pgTable('idempotency_keys', {
  actor: words('actor').notNull(),
  route: text('route').notNull(),
  key: words('key').notNull(),
  bodyHash: text('body_hash').notNull(),
  begunAt: moment('begun_at'),
  resource: text('resource'),
  answer: json<{ status: number; body: JsonObject }>()('answer'),
});

export const observations = pgTable('observations', {
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  routerInstance: text('router_instance').notNull(),
  entry: words('entry').notNull(),
  split: json<ObservationRecord['split']>()('split').notNull(),
  health: json<ObservationRecord['health']>()('health').notNull(),
  at: moment('at').notNull(),
});

export const audit = pgTable('audit', {
  sequence: integer('sequence').notNull(),
  at: text('at').notNull(),
  key: words('key'),
  actor: words('actor').notNull(),
  action: words('action').notNull(),
  subject: words('subject').notNull(),
  detail: json<JsonObject>()('detail').notNull(),
  previous: text('previous').notNull(),
  hash: text('hash').notNull(),
});
