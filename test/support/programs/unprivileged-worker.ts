/**
 * The routers of a worker, made from the operator's file as the worker makes them, by a process that has given up being root: user, group and
 * further groups are the arguments. Prints what became of the action as JSON.
 */
import { foundNow, settledOn } from '../../../src/routers/contract/scene.js';
import { createAdapters } from '../../../src/worker/adapters.js';
import { createPrograms } from '../../../src/programs/programs.js';
import { keepPersisted } from '../../../src/worker/keep-persisted.js';
import { createSecrets } from '../../../src/secrets/secrets.js';
import { loadSettings } from '../../../src/settings/load-settings.js';

const [action = '', file = '', backend = '', address = '', uid = '', gid = '', groups = ''] = process.argv.slice(2);

// What is loaded later could not be read any more where the sources are root's.
process.setgroups?.(groups.split(',').filter((group) => group !== '').map(Number));
process.setgid?.(Number(gid));
process.setuid?.(Number(uid));

const { operator } = loadSettings({ env: { SLIPWAY_DATABASE_URL: 'postgresql://localhost/none' }, file });
const quiet = () => undefined;
const programs = createPrograms({ guardian: { watch: quiet, release: quiet } });
const adapters = await createAdapters({ operator, secrets: createSecrets({ env: {} }), programs, logger: { info: quiet, warn: quiet, error: quiet } });
const router = adapters.router('edge');
if (action === 'start') {
  // As a worker that is stopped after its first round.
  const stopping = new AbortController();
  const kept = keepPersisted(adapters.routers, { signal: stopping.signal });
  stopping.abort();
  await kept;
}
if (action === 'deploy') {
  await router.ready(await foundNow(router, backend, 'blue'), [{ id: 'one', address }]);
  await router.shift({ backend, base: 'none', entry: settledOn('blue', 1) });
}
const [instance] = (await router.read(backend)).instances;
process.stdout.write(JSON.stringify({ uid: process.getuid?.(), instance, persistence: router.persistence()[0]?.persistence }));
await adapters.close();
