import { join } from 'node:path';
import { newIdentity } from '../../../src/engines/archive/new-identity.js';
import { createTestDatabase } from '../database.js';
import type { OwnDatabase } from '../database-server.js';
import { startTemporalServer } from '../temporal-server.js';
import { until } from '../until.js';
import { candidatePercents } from './candidate-shares.js';
import { startEmbeddedRouter } from './embedded-router-program.js';
import { type Home, openHome } from './home.js';
import { type SlipwayStack, startSlipway } from './slipway-stack.js';
import { startTraffic, type SteadyTraffic } from './steady-traffic.js';
import { storefront, type StorefrontDefinition } from './storefront-definition.js';

const BACKEND = 'storefront-test';

/** One installation of which parts can be killed, with v1 live and requests running through its router. */
export interface ChaosScene {
  readonly home: Home;
  readonly slipway: SlipwayStack;
  readonly temporal: { readonly address: string; kill(): Promise<void>; restart(): Promise<void> };
  readonly traffic: SteadyTraffic;
  /** Where the router takes requests. */
  readonly port: number;
  /** Describes the service anew and deploys. @returns the id */
  deploy(version: string, definition: Omit<StorefrontDefinition, 'backend'>): Promise<string>;
  /** Waits until the router gives the candidate exactly this share. */
  candidateHas(percent: number, withinMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** @param database one of the test's own; without it a part of the one that all tests share. */
export async function openChaos(database?: OwnDatabase): Promise<ChaosScene> {
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const shared = database ? undefined : await createTestDatabase();
    undo.push(async () => shared?.drop());
    const home = await openHome();
    undo.push(() => home.close());
    const databaseFile = join(home.folder, 'temporal.db');
    let server = await startTemporalServer({ databaseFile });
    undo.push(() => server.kill());
    const edge = await startEmbeddedRouter(home, BACKEND);
    undo.push(() => edge.program.end('SIGKILL'), () => edge.router.close());
    const slipway = await startSlipway({
      home, temporal: server, database: database ?? shared ?? { url: '' }, routers: { edge: edge.settings },
      repositories: { shelf: { archive: { folder: join(home.folder, 'shelf'), identity: { secret: 'AGE_KEY' } } } },
      env: { ...edge.env, SLIPWAY_LEASE_TTL: '10s', SLIPWAY_SECRET_AGE_KEY: await newIdentity() },
    });
    undo.push(() => slipway.close());
    const { port } = server;
    const deploy: ChaosScene['deploy'] = async (version, definition) => {
      await slipway.api.put('storefront', storefront({ backend: BACKEND, ...definition }));
      return slipway.api.deploy({ service: 'storefront', environment: 'test', version });
    };
    await slipway.api.ended(await deploy('v1', { steps: [{ traffic: '20%', bake: '1s' }] }));
    const traffic = startTraffic(edge.port);
    undo.push(() => traffic.stop());
    return {
      home, slipway, traffic, deploy, close, port: edge.port,
      temporal: {
        address: server.address, kill: () => server.kill(),
        restart: async () => { server = await startTemporalServer({ port, databaseFile }); },
      },
      candidateHas: async (percent, withinMs = 20_000) => {
        let last: readonly unknown[] = [];
        const came = await until(async () => (last = await candidatePercents(edge.router, BACKEND)).every((each) => each === percent), withinMs);
        if (!came) throw new Error(`the candidate never had ${percent} %, but ${last.join(' and ')}`);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

