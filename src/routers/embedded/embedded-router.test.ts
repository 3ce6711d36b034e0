import { describe, expect, it } from '@jest/globals';
import { fillSlots } from '../contract/scene.js';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../test/support/free-port.js';
import { blockFile } from '../../../test/support/block-file.js';
import { type SceneTraffic, startOrigins, trafficScene } from '../../../test/support/router-scene.js';
import { describeRouterContract, type RouterScene } from '../contract.js';
import { createEmbeddedRouter } from './embedded-router.js';
import { type RouterProcessOptions, startRouterProcess } from './router-process.js';

describeRouterContract('the embedded router', ['failing disk', 'percentiles'], () => arrange());

describe('the embedded router', () => {
  it('does not repeat a request whose server is slow, and says so', async () => {
    const scene = await arrange({ answerTimeoutMs: 200 });
    await fillSlots(scene);
    expect(await scene.outwait('green')).toEqual({ status: 504, tries: 1 });
    await scene.router.close();
    await scene.close();
  });
});

async function arrange(options: Pick<RouterProcessOptions, 'answerTimeoutMs'> = {}): Promise<RouterScene & Pick<SceneTraffic, 'outwait'>> {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-router-'));
  const backend = 'checkout-production';
  const fixed = { ...options, stateFile: join(folder, 'router.json'), token: 'secret' };
  // It comes back to its ports.
  const [adminPort, port] = [await freePort(), await freePort()];
  const start = () => startRouterProcess({ ...fixed, adminPort, listen: [{ port, backend }] });
  let running = await start();
  const { stopOrigins, ...traffic } = trafficScene(await startOrigins(), port);
  return {
    ...traffic,
    backend,
    unknownBackend: 'nowhere-production',
    router: createEmbeddedRouter({ name: 'embedded', url: `http://127.0.0.1:${adminPort}`, token: 'secret' }),
    disk: (how) => blockFile(fixed.stateFile, how),
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
