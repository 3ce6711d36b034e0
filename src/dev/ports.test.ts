import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { assertPortsFree, freePortBase, planPorts, sparePort } from './ports.js';
import { freePort } from '../../test/support/free-port.js';

const all = (ports: ReturnType<typeof planPorts>) => Object.values(ports).filter((port) => typeof port === 'number');

describe('the ports of the stack', () => {
  it('are all different, also from those of the instances', () => {
    for (const ports of [planPorts(undefined), planPorts(20_000)]) {
      expect(new Set(all(ports)).size).toBe(7);
      expect(all(ports).some((port) => port >= ports.instances.first && port <= ports.instances.last)).toBe(false);
    }
  });

  it('move all together from a base', () => {
    const { instances, ...parts } = planPorts(20_000);
    expect(Math.min(...Object.values(parts))).toBe(20_000);
    expect(instances.last).toBe(20_109);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('are refused while another program listens on one of them at %s', async (host) => {
    const port = await freePort();
    const server = createServer().listen(port, host);
    await once(server, 'listening');
    try {
      const ports = { ...planPorts(undefined), temporal: port, temporalUi: 0, api: 0, router: 0, routerAdmin: 0, postgres: 0, workerMetrics: 0 };
      await expect(assertPortsFree(ports)).rejects.toMatchObject({ code: 'PORT_TAKEN', message: expect.stringContaining(`${port} (temporal)`) });
    } finally {
      server.close();
    }
  });

  it('have one to spare', () => {
    const ports = planPorts(20_000);
    expect(all(ports)).not.toContain(sparePort(20_000));
    expect(sparePort(20_000)).toBeLessThan(ports.instances.first);
  });

  it('are found where nobody listens', async () => {
    const taken = await freePortBase();
    const server = createServer().listen(sparePort(taken), '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(await freePortBase()).not.toBe(taken);
    } finally {
      server.close();
    }
  });
});
