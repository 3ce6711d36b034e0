import { once } from 'node:events';
import { connect } from 'node:net';

const CONNECT_TIMEOUT_MS = 1_000;

/** Whether something accepts connections on this port of loopback. */
export async function accepts(port: number, signal: AbortSignal): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
