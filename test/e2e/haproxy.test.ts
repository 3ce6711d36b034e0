import { describeRouterContract, type RouterScene } from '../../src/routers/contract.js';
import { blockFile } from '../support/block-file.js';
import { haproxyRouterOf, startHaproxy } from '../support/haproxy.js';
import { typeInto } from '../support/haproxy-cli.js';
import { whenInstalled } from '../support/programs.js';
import { startOrigins, trafficScene } from '../support/router-scene.js';

whenInstalled(['haproxy'], () => {
  describeRouterContract('one HAProxy', ['failing disk', 'strangers', 'limited room', 'percentiles'], () => sceneOf(1));
  describeRouterContract('a pair of HAProxies', ['failing disk', 'several instances', 'strangers', 'limited room', 'percentiles'], () => sceneOf(2));
});

async function sceneOf(instances: number): Promise<RouterScene> {
  const haproxy = await startHaproxy({ instances, slotsPerSide: 3 });
  const { stopOrigins, ...traffic } = trafficScene(await startOrigins(), haproxy.instances[0]?.port ?? 0);
  const last = haproxy.instances.at(-1);
  return {
    ...traffic,
    router: haproxyRouterOf(haproxy),
    backend: haproxy.backend,
    unknownBackend: 'nowhere-production',
    slotSize: 3,
    disk: async (how) => void (await Promise.all(haproxy.instances.map(({ mapFolder }) => blockFile(`${mapFolder}/${haproxy.backend}.map`, how)))),
    async restart() {
      await Promise.all(haproxy.instances.map((one) => one.kill()));
      await Promise.all(haproxy.instances.map((one) => one.start()));
    },
    async restartWithoutFiles() {
      await Promise.all(haproxy.instances.map((one) => one.kill()));
      await Promise.all(haproxy.instances.map((one) => one.loseFiles()));
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
