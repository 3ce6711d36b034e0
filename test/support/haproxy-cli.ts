import { converse } from '../../src/routers/haproxy/admin-connection.js';
import type { HaproxyFixture } from './haproxy.js';

/** Types a line into the runtime API of every instance, as an operator would. */
export async function typeInto(haproxy: HaproxyFixture, line: (mapFile: string) => string): Promise<string[]> {
  const limits = { connectTimeoutMs: 500, conversationTimeoutMs: 2_000 };
  return Promise.all(haproxy.instances.map(({ admin, mapFolder }) =>
    converse(admin.startsWith('/') ? { socket: admin } : { tcp: admin }, limits, (ask) => ask(line(`${mapFolder}/${haproxy.backend}.map`)))));
}
