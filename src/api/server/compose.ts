import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ulid } from 'ulid';
import { Afterwards } from '../../app/afterwards.js';
import { ScheduleBoard } from '../../app/backup/schedule-board.js';
import { createTemporalBackupRuns } from '../../app/backup/temporal-backup-runs.js';
import { createTemporalBackupSchedules } from '../../app/backup/temporal-backup-schedules.js';
import { AddressBook } from '../../app/deployment/address-book.js';
import { DeploymentFollowers } from '../../app/deployment/deployment-followers.js';
import { createTemporalDeploymentRuns } from '../../app/deployment/temporal-deployment-runs.js';
import { createTemporalKeepers } from '../../app/keeper/temporal-keepers.js';
import { questionLane } from '../../app/temporal/temporal-server.js';
import { Environments } from '../../app/service/environments.js';
import { definitionJsonSchema } from '../../definition/json-schema.js';
import type { Logger } from '../../domain/logger.js';
import { catalogueOf } from '../../settings/catalogue.js';
import { refuseBadReferences } from '../../settings/check-references.js';
import { configJsonSchema } from '../../settings/json-schema.js';
import type { Settings } from '../../settings/settings.js';
import { createPostgresStores } from '../../store/postgres/postgres-stores.js';
import type { ApiDeps } from '../api-deps.js';
import { composeNotifiers } from './compose-notifiers.js';
import { createDefinitionReader } from '../definition-reader.js';
import { createApiMetrics } from '../system/api-metrics.js';
import { gateStores } from './gate-stores.js';
import { tellBy } from '../../app/tell.js';

export interface Composed {
  readonly deps: ApiDeps;
  close(): Promise<void>;
}

export interface Surroundings {
  readonly settings: Settings;
  readonly adminKey: string;
  readonly log: Logger;
  /** Why the database cannot be used yet; null from when on it can. */
  readonly databaseProblem: () => string | null;
  readonly closing: AbortSignal;
}

/** A restore takes hold of one service after the other before it answers. */
const HOLDING_MS = 10_000;

/** Puts the process together. Nothing is called yet: it starts without a database and without a Temporal server. */
export function compose({ settings, adminKey, log, databaseProblem, closing }: Surroundings): Composed {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  // Never closed: a retry of the client that is still pending would fail in a timer, where nobody catches it. The process ends instead.
  const connection = Connection.lazy(connectionOptions);
  const stores = gateStores(createPostgresStores({ url: settings.databaseUrl, logger: log }), databaseProblem);
  const catalogue = catalogueOf(settings.operator);
  const definitions = createDefinitionReader((environments) => refuseBadReferences(environments, catalogue));
  const client = new Client({ connection, namespace });
  const scheduleBoard = new ScheduleBoard();
  const questions = questionLane();
  const runs = createTemporalDeploymentRuns({ client, questions, sites: [settings.site] });
  const addresses = new AddressBook();
  const followers = new DeploymentFollowers({ stores, runs, addresses });
  const deps: ApiDeps = {
    app: {
      stores, runs, keepers: createTemporalKeepers({ client }), backupRuns: createTemporalBackupRuns({ client, questions, requestTimeoutMs: HOLDING_MS }),
      backupSchedules: createTemporalBackupSchedules({ client }), scheduleBoard, definitions, environments: new Environments(definitions), addresses, followers,
      routerMaintenance: (router) => catalogue.routers[router]?.maintenance ?? [], afterwards: new Afterwards(log), site: settings.site, log, newId: ulid, now: Date.now,
      tell: tellBy(composeNotifiers(settings.secretsFolder, log), log),
    },
    adminKey, log, closing,
    metrics: createApiMetrics({ store: stores.metrics, schedules: scheduleBoard, followers, now: Date.now }),
    temporalLink: temporalLinks(settings.temporalUiUrl, namespace),
    schemas: { 'service.json': definitionJsonSchema(), 'config.json': configJsonSchema() },
  };
  return {
    deps,
    async close() {
      await deps.app.afterwards.settled();
      await stores.close();
    },
  };
}

function temporalLinks(uiUrl: string | undefined, namespace: string): ApiDeps['temporalLink'] {
  if (uiUrl === undefined) return () => null;
  const base = `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  return (workflowId) => `${base}/${encodeURIComponent(workflowId)}`;
}
