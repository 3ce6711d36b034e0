import type { ApiCaller } from './api-caller.js';
import { waitFor } from './wait.js';

/** A service with a router entry of its own name, on a router and a target that are called `place`; its canary goes to 10 % and bakes for five minutes, longer than any round takes. */
function definitionOf(service: string, place: string): object {
  return {
    service,
    environments: {
      bench: {
        router: { use: place, backend: service }, target: { use: place, instances: 1 }, keepWarm: '0s',
        health: { web: { http: { path: '/healthz', expect: 200 }, every: '1s', timeout: '500ms', healthyAfter: 1 } },
        strategy: { canary: [{ traffic: '10%', bake: '5m' }] },
      },
    },
  };
}

export async function putService(api: ApiCaller, service: string, place = service): Promise<void> {
  await api.call('PUT', `/services/${service}`, definitionOf(service, place));
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
