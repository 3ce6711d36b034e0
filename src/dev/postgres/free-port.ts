import { once } from 'node:events';
import { createServer } from 'node:net';
import { SlipwayError } from '../../domain/errors.js';

/** A port on 127.0.0.1 that was free just now; whoever binds it must be ready to find it taken. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new SlipwayError('PROCESS_FAILED', 'This machine gave no TCP port.');
  return address.port;
}
