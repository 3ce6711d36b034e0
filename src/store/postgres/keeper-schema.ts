import { doublePrecision, integer, pgTable, text } from 'drizzle-orm/pg-core';
import type { DriftKind, DriftOutcome, DriftRecord } from '../../domain/keeper/drift.js';
import { instant, json, moment, words } from './columns.js';

export const drifts = pgTable('drifts', {
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  /** Empty: it concerns the environment. */
  routerInstance: text('router_instance').notNull(),
  kind: text('kind').$type<DriftKind>().notNull(),
  deployment: text('deployment').notNull(),
  text: words('text').notNull(),
  outcome: text('outcome').$type<DriftOutcome>().notNull(),
  since: instant('since').notNull(),
  until: instant('until'),
  told: text('told').$type<DriftRecord['told']>().notNull().default('nothing'),
  found: integer('found').notNull().default(1),
  restored: integer('restored').notNull().default(0),
});

export const registeredServers = pgTable('registered_servers', {
  service: text('service').notNull(),
  environment: text('environment').notNull(),
  deployment: text('deployment').notNull(),
  servers: json<readonly string[]>()('servers').notNull(),
});

export const keeperRounds = pgTable('keeper_rounds', {
  site: text('site').notNull(),
  at: moment('at').notNull(),
  environments: integer('environments').notNull(),
  tookMs: doublePrecision('took_ms').notNull(),
});

export const seenRouters = pgTable('seen_routers', {
  site: text('site').notNull(),
  router: text('router').notNull(),
  instance: text('instance').notNull(),
  entries: json<readonly string[]>()('entries').notNull(),
});
