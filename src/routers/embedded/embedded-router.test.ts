import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startOrigins, trafficScene } from '../../../test/support/router-scene.js';
import { describeRouterContract, type RouterScene } from '../contract.js';
import { createEmbeddedRouter } from './embedded-router.js';
import { startRouterProcess } from './router-process.js';

describeRouterContract('the embedded router', ['percentiles'], arrange);

async function arrange(): Promise<RouterScene> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-router-'));
  const backend = 'checkout-production';
  const fixed = { stateFile: join(folder, 'router.json'), token: 'secret' };
  let running = await startRouterProcess({ ...fixed, adminPort: 0, listen: [{ port: 0, backend }] });
  const { adminPort, ports } = running;
  const { stopOrigins, ...traffic } = trafficScene(await startOrigins(), ports[backend] ?? 0);
  return {
    ...traffic,
    backend,
    router: createEmbeddedRouter({ name: 'embedded', url: `http://127.0.0.1:${adminPort}`, token: 'secret' }),
    async restart() {
      await running.stop(0);
      running = await startRouterProcess({ ...fixed, adminPort, listen: [{ port: ports[backend] ?? 0, backend }] });
    },
    async close() {
      await running.stop(0);
      await stopOrigins();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
