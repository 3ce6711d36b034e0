import { and, asc, desc, eq, isNotNull, isNull, lt, or, sql, type SQL } from 'drizzle-orm';
import { lostStatus } from '../../domain/deployment/lost.js';
import type { DeploymentRecord, StableRecord } from '../../domain/deployment/record.js';
import { hasEnded } from '../../domain/deployment/status.js';
import { cursorOf, pageOf } from '../cursor.js';
import { lostEvent } from '../lost-event.js';
import { noDeployment } from '../refusals.js';
import type { DeploymentFilter, DeploymentStore, NewDeployment } from '../stores.js';
import { notifyOf } from './change-feed.js';
import type { Database, Queries } from './database.js';
import { insertEvents } from './event-store.js';
import { unbindResource } from './idempotency-store.js';
import { requestRow } from './request-row.js';
import { deployments, stableReleases } from './schema.js';

export function postgresDeploymentStore(database: Database): DeploymentStore {
  const find = async (where: SQL | undefined, limit: number) => (await database.run((queries) =>
    queries.select().from(deployments).where(where).orderBy(desc(deployments.id)).limit(limit))).map(recordOf);
  return {
    request: (deployment, idempotency) => requestRow(database, deployments, requested(deployment), idempotency),
    accepted: async (id) => {
      await database.run((queries) => queries.update(deployments).set({ accepted: true }).where(eq(deployments.id, id)));
    },
    get: async (id) => (await find(eq(deployments.id, id), 1))[0],
    list: async (filter, page) => {
      const from = cursorOf<[string]>(page, ['']);
      const records = await find(and(matching(filter), from && lt(deployments.id, from[0])), page.limit + 1);
      return pageOf(records, page.limit, (record) => [record.id]);
    },
    live: async (service, environment) => (await find(matching({ service, environment, live: true }), 1))[0],
    claim: async (id, runId) => {
      const free = or(eq(deployments.runId, runId), and(isNull(deployments.runId), isNull(deployments.endedAt)));
      const claimed = await database.run((queries) => queries.update(deployments).set({ runId, accepted: true })
        .where(and(eq(deployments.id, id), free)).returning({ id: deployments.id }));
      return claimed.length > 0;
    },
    record: (outcome) => database.transaction((queries) => record(queries, outcome)),
    progress: async (status) => {
      if (hasEnded(status.phase)) return;
      const newer = sql`coalesce((${deployments.status} ->> 'serial')::bigint, 0) <= ${status.serial ?? 0}`;
      await database.run((queries) => {
        const changed = queries.update(deployments).set({ phase: status.phase, status })
          .where(and(eq(deployments.id, status.deployment), isNull(deployments.endedAt), newer)).returning({ id: deployments.id });
        return queries.execute(sql`WITH changed AS ${changed} SELECT ${notifyOf(sql`id`)} FROM changed`);
      });
    },
    stable: (service, environment) => database.run(async (queries) => {
      const [row] = await queries.select().from(stableReleases)
        .where(and(eq(stableReleases.service, service), eq(stableReleases.environment, environment)));
      return row && { ...row, since: row.since.toISOString() };
    }),
    succeeded: (service, environment, limit) => find(matching({ service, environment, phase: 'succeeded' }), limit),
    unended: () => database.run((queries) => queries.select({
      id: deployments.id, service: deployments.service, environment: deployments.environment, accepted: deployments.accepted,
      ageMs: sql<number>`(extract(epoch FROM clock_timestamp() - ${deployments.requestedAt}) * 1000)::double precision`,
    }).from(deployments).where(isNull(deployments.endedAt)).orderBy(asc(deployments.id))),
    lose: (id, text) => database.transaction((queries) => lose(queries, id, text)),
    withdraw: (id) => database.transaction(async (queries) => {
      const gone = await queries.delete(deployments)
        .where(and(eq(deployments.id, id), isNull(deployments.runId), eq(deployments.accepted, false))).returning({ id: deployments.id });
      if (gone.length > 0) await unbindResource(queries, id);
    }),
  };
}

function requested(deployment: NewDeployment): typeof deployments.$inferInsert {
  const { reason = null, undoes = null, ...rest } = deployment;
  return { ...rest, reason, undoes, phase: 'requested' };
}

function recordOf(row: typeof deployments.$inferSelect): DeploymentRecord {
  const { runId: _run, progressingMs: _progressing, waitingMs: _waiting, breachToZeroMs: _breach, requestedAt, endedAt, ...rest } = row;
  return { ...rest, requestedAt: requestedAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

function matching(filter: DeploymentFilter): SQL | undefined {
  const { service, environment, phase, live } = filter;
  return and(
    service === undefined ? undefined : eq(deployments.service, service),
    environment === undefined ? undefined : eq(deployments.environment, environment),
    phase === undefined ? undefined : eq(deployments.phase, phase),
    live === undefined ? undefined : live ? isNull(deployments.endedAt) : isNotNull(deployments.endedAt),
  );
}

async function record(queries: Queries, { status, stable }: Parameters<DeploymentStore['record']>[0]): Promise<void> {
  const [row] = await queries.select({ phase: deployments.phase, endedAt: deployments.endedAt }).from(deployments)
    .where(eq(deployments.id, status.deployment)).for('update');
  if (!row) throw noDeployment(status.deployment);
  if (row.endedAt !== null && row.phase !== 'lost') return;
  const endedAt = hasEnded(status.phase) ? new Date(status.endedAt ?? Date.now()) : null;
  await queries.update(deployments).set({ phase: status.phase, status, endedAt }).where(eq(deployments.id, status.deployment));
  if (stable) await putStable(queries, stable);
  await queries.execute(sql`SELECT ${notifyOf(status.deployment)}`);
}

async function putStable(queries: Queries, stable: StableRecord): Promise<void> {
  const { service, environment, deployment, slot, release } = stable;
  const row = { service, environment, deployment, slot, release, since: new Date(stable.since) };
  await queries.insert(stableReleases).values(row).onConflictDoUpdate({
    target: [stableReleases.service, stableReleases.environment],
    set: row,
    setWhere: sql`${stableReleases.since} <= excluded.since`,
  });
}

async function lose(queries: Queries, id: string, text: string): Promise<boolean> {
  const [row] = await queries.select().from(deployments).where(and(eq(deployments.id, id), isNull(deployments.endedAt))).for('update');
  if (!row) return false;
  const endedAt = new Date();
  const status = lostStatus(recordOf(row), text, endedAt.toISOString());
  await queries.update(deployments).set({ phase: 'lost', status, endedAt }).where(eq(deployments.id, id));
  await insertEvents(queries, [lostEvent(id, text, endedAt.toISOString())]);
  if (!row.accepted) await unbindResource(queries, id);
  return true;
}
