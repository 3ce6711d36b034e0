import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { freePort } from '../../../test/support/free-port.js';
import { startTemporalServer, type TemporalServer } from '../../../test/support/temporal-server.js';
import { codeOf } from '../../domain/errors.js';
import { SEARCH_ATTRIBUTES } from '../../workflows/sequence/search-attributes.js';
import { setupTemporal } from './setup-temporal-command.js';

const KEYWORD = 2;

describe('setup-temporal', () => {
  let server: TemporalServer;
  let connection: Connection;
  let namespaces = 0;
  beforeAll(async () => {
    server = await startTemporalServer();
    connection = await Connection.connect({ address: server.address });
  }, 90_000);
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  const newNamespace = async (): Promise<string> => {
    namespaces += 1;
    const namespace = `fresh-${namespaces}`;
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
    return namespace;
  };
  const run = async (env: Record<string, string>, patienceMs = 20_000): Promise<string> => {
    let output = '';
    await setupTemporal({ TEMPORAL_ADDRESS: server.address, ...env }, (text) => { output += text; }, patienceMs);
    return output;
  };
  const refusal = (env: Record<string, string>, patienceMs?: number): Promise<string> => run(env, patienceMs).then(() => 'none', codeOf);
  const attributesOf = async (namespace: string) => (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
  const addAttribute = (namespace: string, name: string, type: number) => connection.operatorService.addSearchAttributes({ namespace, searchAttributes: { [name]: type } });

  it('registers every attribute in a namespace that has none', async () => {
    const namespace = await newNamespace();
    await run({ TEMPORAL_NAMESPACE: namespace });
    expect(Object.keys(await attributesOf(namespace))).toEqual(expect.arrayContaining(SEARCH_ATTRIBUTES.map(({ name }) => name)));
  }, 30_000);

  it('adds only what is missing, and a second run changes nothing', async () => {
    const namespace = await newNamespace();
    await addAttribute(namespace, 'SlipwayPhase', KEYWORD);
    await run({ TEMPORAL_NAMESPACE: namespace });
    const before = await attributesOf(namespace);
    await run({ TEMPORAL_NAMESPACE: namespace });
    expect(await attributesOf(namespace)).toEqual(before);
  }, 30_000);

  it('refuses an attribute of another type', async () => {
    const namespace = await newNamespace();
    await addAttribute(namespace, 'SlipwayAwaitingApproval', KEYWORD);
    expect(await refusal({ TEMPORAL_NAMESPACE: namespace })).toBe('TEMPORAL_NOT_PREPARED');
  }, 30_000);

  it('refuses a namespace that is not there', async () => {
    expect(await refusal({ TEMPORAL_NAMESPACE: 'nowhere' })).toBe('TEMPORAL_NOT_PREPARED');
  }, 30_000);

  it('gives up on a server that stays away', async () => {
    expect(await refusal({ TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` }, 1_000)).toBe('TEMPORAL_UNAVAILABLE');
  }, 30_000);

  it('waits for a server that is still starting', async () => {
    const port = await freePort();
    const done = run({ TEMPORAL_ADDRESS: `127.0.0.1:${port}` }, 40_000);
    const late = await startTemporalServer({ port });
    try {
      expect(await done).toContain('search attributes');
    } finally {
      await late.stop();
    }
  }, 90_000);

  it('refuses a misspelt variable', async () => {
    expect(await refusal({ SLIPWAY_WORKER_VERSIONNG: 'b1' })).toBe('SETTINGS_INVALID');
  });

  it('refuses a build of which no worker polls', async () => {
    expect(await refusal({ SLIPWAY_WORKER_VERSIONING: 'unheard-of' }, 1_000)).toBe('WORKER_BUILD_UNKNOWN');
  }, 30_000);

  it('makes the build of a worker current, and says so again when it is', async () => {
    const native = await NativeConnection.connect({ address: server.address });
    const version = { deploymentName: 'setup-test', buildId: 'b1' };
    const worker = await Worker.create({
      connection: native, taskQueue: 'setup-test', activities: { nothing: async () => undefined },
      workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    });
    const env = { SLIPWAY_WORKER_VERSIONING: version.buildId, SLIPWAY_WORKER_DEPLOYMENT: version.deploymentName };
    const shown = await worker.runUntil(async () => {
      await run(env);
      await run(env);
      return connection.workflowService.describeWorkerDeployment({ namespace: 'default', deploymentName: 'setup-test' });
    });
    await native.close();
    expect(shown.workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId).toBe('b1');
  }, 60_000);
});
