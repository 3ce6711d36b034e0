import type { ApiCaller } from './api-caller.js';
import { waitFor } from './wait.js';

/** A service with a static target and a router of its own name; its canary goes to 10 % and bakes for an hour. */
export function definitionOf(service: string): object {
  return {
    service,
    environments: {
      bench: {
        router: { use: service, backend: service }, target: { use: service, instances: 1 }, keepWarm: '0s',
        health: { web: { http: { path: '/healthz', expect: 200 }, every: '1s', timeout: '500ms', healthyAfter: 1 } },
        strategy: { canary: [{ traffic: '10%', bake: '1h' }] },
      },
    },
  };
}

export async function putService(api: ApiCaller, service: string): Promise<void> {
  await api.call('PUT', `/services/${service}`, definitionOf(service));
}

/** @throws when it ends otherwise */
export async function endsAs(api: ApiCaller, id: string, wanted: string): Promise<void> {
  let phase = '';
  await waitFor(`deployment ${id} is ${wanted}`, async () => {
    phase = await api.phase(id);
    if (phase !== wanted && ['succeeded', 'rolled-back', 'aborted', 'lost'].includes(phase)) throw new Error(`Deployment ${id} ended ${phase}.`);
    return phase === wanted;
  }, 60_000);
}
