import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../test/support/free-port.js';
import { startOrigins, trafficScene } from '../../../test/support/router-scene.js';
import { describeRouterContract, type RouterScene } from '../contract.js';
import { createEmbeddedRouter } from './embedded-router.js';
import { startRouterProcess } from './router-process.js';

describeRouterContract('the embedded router', ['percentiles'], arrange);

async function arrange(): Promise<RouterScene> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-router-'));
  const backend = 'checkout-production';
  const fixed = { stateFile: join(folder, 'router.json'), token: 'secret' };
  // It comes back to its ports.
  const [adminPort, port] = [await freePort(), await freePort()];
  const start = () => startRouterProcess({ ...fixed, adminPort, listen: [{ port, backend }] });
  let running = await start();
  const { stopOrigins, ...traffic } = trafficScene(await startOrigins(), port);
  return {
    ...traffic,
    backend,
    router: createEmbeddedRouter({ name: 'embedded', url: `http://127.0.0.1:${adminPort}`, token: 'secret' }),
    async restart() {
      await running.stop(0);
      running = await start();
    },
    async restartWithoutFiles() {
      await running.stop(0);
      await rm(fixed.stateFile);
      running = await start();
    },
    async close() {
      await running.stop(0);
      await stopOrigins();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
