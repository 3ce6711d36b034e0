import { describeRouterContract, type RouterScene } from '../../src/routers/contract.js';
import type { Router } from '../../src/routers/router.js';
import { createHaproxyRouter } from '../../src/routers/haproxy/haproxy-router.js';
import { type HaproxyFixture, startHaproxy } from '../support/haproxy.js';
import { typeInto } from '../support/haproxy-cli.js';
import { whenInstalled } from '../support/programs.js';
import { startOrigins, trafficScene } from '../support/router-scene.js';

whenInstalled(['haproxy'], () => {
  describeRouterContract('one HAProxy', () => sceneOf(1));
  describeRouterContract('a pair of HAProxies', () => sceneOf(2));
});

async function sceneOf(instances: number): Promise<RouterScene> {
  const haproxy = await startHaproxy({ instances, slotsPerSide: 3 });
  const { stopOrigins, ...traffic } = trafficScene(await startOrigins(), haproxy.instances[0]?.port ?? 0);
  const last = haproxy.instances.at(-1);
  return {
    ...traffic,
    router: routerOf(haproxy),
    backend: haproxy.backend,
    slotSize: 3,
    async restart() {
      await Promise.all(haproxy.instances.map((one) => one.kill()));
      await Promise.all(haproxy.instances.map((one) => one.start()));
    },
    overwrite: async (text) => void (await typeInto(haproxy, (map) => `set map ${map} ${haproxy.backend} ${text}`)),
    ...(instances > 1 && last ? { loseInstance: async () => (await last.kill(), last.name) } : {}),
    async close() {
      await haproxy.stop();
      await stopOrigins();
    },
  };
}

function routerOf(haproxy: HaproxyFixture): Router {
  const instances = haproxy.instances.map(({ name, socket, mapFolder, stateFile }) => [name, { socket, mapFolder, stateFile }]);
  return createHaproxyRouter({ name: 'edge', instances: Object.fromEntries(instances) });
}
