import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { setupTemporal } from '../../src/cli/temporal/setup-temporal-command.js';
import { createTestDatabase } from '../support/database.js';
import { startEmbeddedRouter } from '../support/stack/embedded-router-program.js';
import { openHome } from '../support/stack/home.js';
import { type SlipwayStack, startSlipway } from '../support/stack/slipway-stack.js';
import { storefront } from '../support/stack/storefront-definition.js';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.js';
import { until } from '../support/until.js';

const viewAnswer = z.object({ keeper: z.object({ ageMs: z.number() }).nullable() });
const BACKEND = 'storefront-test';
const DEPLOYMENT = 'slipway';

const build = (buildId: string) => ({ SLIPWAY_WORKER_VERSIONING: buildId, SLIPWAY_WORKER_DEPLOYMENT: DEPLOYMENT });

describe('with worker versioning on', () => {
  const undo: (() => Promise<unknown>)[] = [];
  let temporal: TemporalServer;
  let slipway: SlipwayStack;
  let client: Client;
  beforeAll(async () => {
    const database = await createTestDatabase();
    undo.push(() => database.drop());
    const home = await openHome();
    undo.push(() => home.close());
    temporal = await startTemporalServer();
    undo.push(() => temporal.kill());
    const edge = await startEmbeddedRouter(home, BACKEND);
    undo.push(() => edge.program.end('SIGKILL'), () => edge.router.close());
    slipway = await startSlipway({ home, temporal, database, routers: { edge: edge.settings }, env: { ...edge.env, ...build('build-1') } });
    undo.push(() => slipway.close());
    const connection = await Connection.connect({ address: temporal.address });
    undo.push(() => connection.close());
    client = new Client({ connection });
    await makeCurrent('build-1');
  }, 120_000);
  afterAll(async () => {
    for (const step of undo.toReversed()) await step();
  }, 60_000);

  const makeCurrent = (buildId: string): Promise<void> => setupTemporal({ TEMPORAL_ADDRESS: temporal.address, ...build(buildId) }, () => undefined);
  const deploy = async (version: string, bake: string): Promise<string> => {
    await slipway.api.put('storefront', storefront({ backend: BACKEND, steps: [{ traffic: '20%', bake }] }));
    return slipway.api.deploy({ service: 'storefront', environment: 'test', version });
  };
  const buildOfRun = async (): Promise<string | null | undefined> => {
    const { raw } = await client.workflow.getHandle('deploy/test/storefront').describe();
    return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  };

  it('a run ends on the build it began with, and the next one begins on the current build', async () => {
    expect(await slipway.api.ended(await deploy('v1', '1s'))).toMatchObject({ phase: 'succeeded' });
    const canary = await deploy('v2', '6s');
    await slipway.startWorker(build('build-2'));
    await makeCurrent('build-2');
    expect(await slipway.api.ended(canary)).toMatchObject({ phase: 'succeeded' });
    expect(await buildOfRun()).toBe('build-1');
    expect(await slipway.api.ended(await deploy('v4', '1s'))).toMatchObject({ phase: 'succeeded' });
    expect(await buildOfRun()).toBe('build-2');
  }, 90_000);

  it('the keeper goes on under the current build, and needs no worker of the build that it began with', async () => {
    expect(await lookedWithin(20_000)).toBe(true);
    await slipway.worker.end('SIGKILL');
    expect(await lookedWithin(40_000)).toBe(true);
    await client.workflow.getHandle('keeper/default').cancel();
    const builds = async (): Promise<string | null | undefined> => {
      const { raw } = await client.workflow.getHandle('keeper/default').describe();
      return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
    };
    expect(await until(async () => (await builds()) === 'build-2', 20_000)).toBe(true);
  }, 90_000);

  /** A look that began after now. */
  async function lookedWithin(ms: number): Promise<boolean> {
    const began = Date.now();
    return until(async () => {
      const { keeper } = viewAnswer.parse((await slipway.api.ask('GET', '/services/storefront/environments/test')).body);
      return keeper !== null && keeper.ageMs < Date.now() - began;
    }, ms, 200);
  }
});
