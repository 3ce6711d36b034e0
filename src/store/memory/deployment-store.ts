import { hasEnded } from '../../domain/deployment/status.js';
import { lostStatus } from '../../domain/deployment/lost.js';
import type { DeploymentRecord, StableRecord } from '../../domain/deployment/record.js';
import { cursorOf, pageOf } from '../cursor.js';
import { lostEvent } from '../lost-event.js';
import { noDeployment } from '../refusals.js';
import { storable } from '../storable.js';
import type { DeploymentFilter, DeploymentStore, NewDeployment } from '../stores.js';
import { insertEvents } from './event-store.js';
import { bindResource, unbindResource } from './idempotency-store.js';
import { assertAvailable, environmentKey, nowText, tellChanged, type DeploymentRow, type MemoryTables } from './tables.js';

export function memoryDeploymentStore(tables: MemoryTables): DeploymentStore {
  const newestFirst = () => [...tables.deployments.values()].map((row) => row.record).sort((a, b) => (a.id < b.id ? 1 : -1));
  const change = (id: string, changed: (row: DeploymentRow) => DeploymentRow) => {
    const row = tables.deployments.get(id);
    if (row) tables.deployments.set(id, changed(row));
  };
  return {
    request: async (deployment, idempotency) => {
      assertAvailable(tables);
      if (idempotency) bindResource(tables, idempotency, deployment.id);
      if (tables.deployments.has(deployment.id)) return;
      tables.deployments.set(deployment.id, { record: requested(deployment, nowText(tables)), runId: null });
    },
    accepted: async (id) => {
      assertAvailable(tables);
      change(id, (row) => ({ ...row, record: { ...row.record, accepted: true } }));
    },
    get: async (id) => {
      assertAvailable(tables);
      return tables.deployments.get(id)?.record;
    },
    list: async (filter, page) => {
      assertAvailable(tables);
      const from = cursorOf<[string]>(page, [''])?.[0];
      const rows = newestFirst().filter((record) => matches(filter, record) && (from === undefined || record.id < from));
      return pageOf(rows.slice(0, page.limit + 1), page.limit, (record) => [record.id]);
    },
    live: async (service, environment) => {
      assertAvailable(tables);
      return newestFirst().find((record) => matches({ service, environment, live: true }, record));
    },
    claim: async (id, runId) => {
      assertAvailable(tables);
      const row = tables.deployments.get(id);
      if (!row || !(row.runId === runId || (row.runId === null && row.record.endedAt === null))) return false;
      tables.deployments.set(id, { runId, record: { ...row.record, accepted: true } });
      return true;
    },
    record: async ({ status, stable }) => {
      assertAvailable(tables);
      const row = tables.deployments.get(status.deployment);
      if (!row) throw noDeployment(status.deployment);
      if (row.record.endedAt !== null && row.record.phase !== 'lost') return;
      const endedAt = hasEnded(status.phase) ? new Date(status.endedAt ?? nowText(tables)).toISOString() : null;
      tables.deployments.set(status.deployment, { ...row, record: { ...row.record, phase: status.phase, status: storable(status), endedAt } });
      if (stable) putStable(tables, stable);
      tellChanged(tables, status.deployment);
    },
    progress: async (status) => {
      assertAvailable(tables);
      if (hasEnded(status.phase)) return;
      change(status.deployment, (row) => {
        const older = (status.serial ?? 0) < (row.record.status?.serial ?? 0);
        if (row.record.endedAt !== null || older) return row;
        return { ...row, record: { ...row.record, phase: status.phase, status: storable(status) } };
      });
      tellChanged(tables, status.deployment);
    },
    stable: async (service, environment) => {
      assertAvailable(tables);
      return tables.stable.get(environmentKey(service, environment));
    },
    succeeded: async (service, environment, limit) => {
      assertAvailable(tables);
      return newestFirst().filter((record) => matches({ service, environment, phase: 'succeeded' }, record)).slice(0, limit);
    },
    unended: async () => {
      assertAvailable(tables);
      return newestFirst().filter((record) => record.endedAt === null).reverse()
        .map(({ id, service, environment, accepted, requestedAt }) => ({ id, service, environment, accepted, ageMs: tables.now() - Date.parse(requestedAt) }));
    },
    lose: async (id, text) => {
      assertAvailable(tables);
      const row = tables.deployments.get(id);
      if (!row || row.record.endedAt !== null) return false;
      const endedAt = nowText(tables);
      tables.deployments.set(id, { ...row, record: { ...row.record, phase: 'lost', status: lostStatus(row.record, text, endedAt), endedAt } });
      insertEvents(tables, [lostEvent(id, text, endedAt)]);
      if (!row.record.accepted) unbindResource(tables, id);
      return true;
    },
    withdraw: async (id) => {
      assertAvailable(tables);
      const row = tables.deployments.get(id);
      if (!row || row.runId !== null || row.record.accepted) return;
      tables.deployments.delete(id);
      unbindResource(tables, id);
    },
  };
}

function requested(deployment: NewDeployment, requestedAt: string): DeploymentRecord {
  const { reason = null, undoes = null, ...rest } = deployment;
  return storable({ ...rest, reason, undoes, phase: 'requested' as const, status: null, accepted: false, requestedAt, endedAt: null });
}

function matches(filter: DeploymentFilter, record: DeploymentRecord): boolean {
  return (filter.service === undefined || record.service === filter.service)
    && (filter.environment === undefined || record.environment === filter.environment)
    && (filter.phase === undefined || record.phase === filter.phase)
    && (filter.live === undefined || (record.endedAt === null) === filter.live);
}

function putStable(tables: MemoryTables, stable: StableRecord): void {
  const key = environmentKey(stable.service, stable.environment);
  const known = tables.stable.get(key);
  if (known && Date.parse(known.since) > Date.parse(stable.since)) return;
  tables.stable.set(key, storable({ ...stable, since: new Date(stable.since).toISOString() }));
}
