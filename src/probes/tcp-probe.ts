import { connect } from 'node:net';
import { hostAndPort } from './address.js';
import type { ProbeSubject } from './probe.js';

/** Opens a connection and closes it. @throws what the socket says, or an abort */
export function tcpProbe(instance: ProbeSubject, signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...hostAndPort(instance.address), signal });
    socket.once('connect', () => {
      resolve(undefined);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
