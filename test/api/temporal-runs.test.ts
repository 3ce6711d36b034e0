import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { ulid } from 'ulid';
import { describeDeploymentRuns } from '../../src/app/deployment/contract.js';
import { describeBackupRuns } from '../../src/app/backup/contract.js';
import { createTemporalBackupRuns } from '../../src/app/backup/temporal-backup-runs.js';
import { createTemporalDeploymentRuns } from '../../src/app/deployment/temporal-deployment-runs.js';
import { backupWorkflowId, drillWorkflowId, restoreWorkflowId } from '../../src/domain/backup/names.js';
import { deploymentWorkflowId } from '../../src/domain/names.js';
import { WORKFLOW_QUEUE } from '../../src/domain/task-queues.js';
import { aRestorePlan } from '../support/backup-plans.js';
import { freePort } from '../support/free-port.js';
import { aPlan } from '../support/plans.js';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.js';
import { until } from '../support/until.js';

/** The real workflows on a server of their own; nobody carries out their activities, so they stay where they begin. */
describe('runs on Temporal', () => {
  let server: TemporalServer;
  let worker: Worker;
  let running: Promise<void>;
  let native: NativeConnection;
  let connection: Connection;
  let nowhere: Connection;
  let client: Client;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } } });
    server = await startTemporalServer();
    native = await NativeConnection.connect({ address: server.address });
    worker = await startWorker();
    running = worker.run();
    connection = Connection.lazy({ address: server.address });
    nowhere = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    client = new Client({ connection });
  }, 60_000);
  afterAll(async () => {
    worker.shutdown();
    await running;
    // The connection to nowhere stays open: a retry of the client that is pending when it is closed fails in a timer.
    await Promise.all([native.close(), connection.close()]);
    await server.stop();
  }, 60_000);

  const startWorker = () => Worker.create({ connection: native, taskQueue: WORKFLOW_QUEUE, workflowBundle: { codePath: process.env['SLIPWAY_TEST_WORKFLOW_BUNDLE'] ?? '' } });
  const runsOf = (of: Client, requestTimeoutMs: number) => createTemporalDeploymentRuns({ client: of, sites: ['default'], requestTimeoutMs, queryTimeoutMs: requestTimeoutMs });

  describeDeploymentRuns(() => ({
    runs: runsOf(client, 10_000),
    away: runsOf(new Client({ connection: nowhere }), 300),
    hold: async (environment, service, restore) => void (await client.workflow.start('hold', {
      workflowId: deploymentWorkflowId(environment, service), taskQueue: WORKFLOW_QUEUE, memo: { hold: true, restore }, args: [{ restore, environment, service, source: `${environment}/${service}/data` }],
    })),
    terminate: async ({ environment, service }) => void (await client.workflow.getHandle(deploymentWorkflowId(environment, service)).terminate()),
  }), aPlan());

  const backupRunsOf = (of: Client, requestTimeoutMs: number) => createTemporalBackupRuns({ client: of, requestTimeoutMs, queryTimeoutMs: requestTimeoutMs });
  const IDS = { backup: backupWorkflowId, restore: restoreWorkflowId, drill: drillWorkflowId };

  describeBackupRuns(() => ({
    runs: backupRunsOf(client, 10_000),
    away: backupRunsOf(new Client({ connection: nowhere }), 300),
    terminate: async (kind, address) => void (await client.workflow.getHandle(IDS[kind](address)).terminate()),
  }), aRestorePlan());

  it('say which queues nobody polls', async () => {
    expect(await runsOf(client, 10_000).readiness()).toEqual({ temporal: null, workers: expect.stringContaining('slipway-traffic.default') });
  });

  it('say by the same message what became of it, when no worker answered in time at first', async () => {
    const plan = aPlan();
    const { environment } = plan;
    const [deployment, service] = [ulid(), 'unanswered'];
    const by = { name: 'ada', roles: ['admin'] };
    const address = { deployment, environment, service };
    const message = { id: ulid(), deployment, by };
    await runsOf(client, 10_000).start({ deployment, plan: { ...plan, service }, by });
    worker.shutdown();
    await running;
    await expect(runsOf(client, 500).control(address, 'pause', message)).rejects.toMatchObject({ code: 'TEMPORAL_TIMEOUT' });
    worker = await startWorker();
    running = worker.run();
    expect(await runsOf(client, 10_000).control(address, 'pause', message)).toMatchObject({ paused: true, messages: [message.id] });
    expect(await runsOf(client, 10_000).control(address, 'pause', message)).toMatchObject({ paused: true, messages: [message.id] });
  }, 60_000);

  it('are asked one question at a time however many want to know, and a few at a time in all, so that a message goes before them', async () => {
    const asked = { all: 0, now: 0, most: 0 };
    const counting = new Client({
      connection,
      interceptors: {
        workflow: [{
          query: async (input, next) => {
            asked.all += 1;
            asked.now += 1;
            asked.most = Math.max(asked.most, asked.now);
            return next(input).finally(() => void (asked.now -= 1));
          },
        }],
      },
    });
    const runs = runsOf(counting, 10_000);
    const plan = aPlan();
    const by = { name: 'ada', roles: ['admin'] };
    const addresses = await Promise.all(Array.from({ length: 12 }, async (_, n) => {
      const [deployment, service] = [ulid(), `asked-${n}`];
      await runs.start({ deployment, plan: { ...plan, service }, by });
      return { deployment, service, environment: plan.environment };
    }));
    const all = addresses.flatMap((address) => Array.from({ length: 50 }, () => runs.status(address)));
    const [first] = addresses;
    if (!first) throw new Error('nothing was started');
    expect(await runs.control(first, 'pause', { id: ulid(), deployment: first.deployment, by })).toMatchObject({ paused: true });
    expect((await Promise.all(all)).map((status) => status?.deployment)).toEqual(addresses.flatMap(({ deployment }) => Array.from({ length: 50 }, () => deployment)));
    expect(asked).toMatchObject({ all: 24, most: 4 });
  }, 60_000);

  it('say that there is no such namespace', async () => {
    const runs = runsOf(new Client({ connection, namespace: 'nowhere' }), 10_000);
    await expect(runs.describe('production', 'nobody')).rejects.toMatchObject({ code: 'TEMPORAL_NOT_PREPARED' });
  });

  it('say that a namespace is not prepared', async () => {
    await connection.workflowService.registerNamespace({ namespace: 'bare', workflowExecutionRetentionPeriod: msToTs('1 day') });
    const runs = runsOf(new Client({ connection, namespace: 'bare' }), 10_000);
    const input = { deployment: '01JD0000000000000000000000', plan: aPlan(), by: { name: 'ada', roles: [] } };
    // A new namespace is not known everywhere at once.
    expect(await until(() => runs.describe('production', 'nobody').then(() => true, () => false), 30_000)).toBe(true);
    await expect(runs.start(input)).rejects.toMatchObject({ code: 'TEMPORAL_NOT_PREPARED' });
  }, 60_000);
});
