import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from '@jest/globals';
import { checkoutFolder } from '../checkout.js';
import type { DeploymentAnswer } from './api-answers.js';
import type { ApiClient } from './api-client.js';
import { runDemo } from './run-demo.js';

const LIVE: DeploymentAnswer = {
  id: '01D', service: 'storefront', version: 'v3', stableVersion: 'v2', strategy: 'canary', phase: 'progressing', step: 1, gates: [], verdicts: [], cause: null,
  milestones: {}, breachToZeroMs: null, startedAt: '2030-01-01T00:00:00Z', endedAt: null, plan: null,
};

/** An API on whose stack a deployment was under way when it was stopped. It ends as soon as users have come, and not before. */
function apiOf(usersCame: () => boolean): ApiClient {
  const refuse = async (): Promise<never> => { throw new Error('not asked of this demo'); };
  return {
    hasService: async () => true,
    environment: async () => ({ stable: { version: 'v2', deployment: '01C', since: LIVE.startedAt }, live: usersCame() ? null : { id: LIVE.id } }),
    deployment: async () => (usersCame() ? { ...LIVE, phase: 'rolled-back', endedAt: LIVE.startedAt } : LIVE),
    hasRestores: async () => true,
    putService: refuse, deploy: refuse, backUp: refuse, backup: refuse, restore: refuse, restoreOf: refuse, dropOld: refuse, drill: refuse, drillOf: refuse,
  };
}

describe('a demo that goes on after a restart', () => {
  let router: Server | undefined;
  afterEach(() => void router?.close());

  it('sends users to the deployment that was under way, and does not wait for its end first', async () => {
    let requests = 0;
    const server = createServer((_request, response) => { requests += 1; response.end('ok'); });
    router = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const told: string[] = [];
    const demo = await runDemo({
      api: apiOf(() => requests > 0), screen: { redraws: false, line: (text) => void told.push(text), current: () => undefined }, checkout: checkoutFolder(),
      // A server that listens on a TCP port has this form of address.
      routerUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ordersFolder: tmpdir(), repository: tmpdir(),
      onServing: (version) => void told.push(`serves ${version}`), signal: AbortSignal.timeout(10_000),
    });
    demo.stop();
    expect(told.at(-1)).toBe('serves v2');
    expect(requests).toBeGreaterThan(0);
  }, 15_000);
});
