import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const notice = z.object({ kind: z.string(), service: z.string(), source: z.string().optional(), run: z.string().optional(), text: z.string() });

/** Takes notices as somebody's alerting would. */
export interface NoticeReceiver {
  readonly url: string;
  readonly notices: readonly z.output<typeof notice>[];
  close(): Promise<void>;
}

export async function startNoticeReceiver(): Promise<NoticeReceiver> {
  const notices: z.output<typeof notice>[] = [];
  const server = createServer((request, response) => {
    json(request).then((body) => { notices.push(notice.parse(body)); response.end(); }, () => { response.statusCode = 400; response.end(); });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It listens on a port, not on a pipe.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/notices`, notices,
    close: async () => { server.closeAllConnections(); server.close(); await once(server, 'close'); },
  };
}
