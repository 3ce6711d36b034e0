import { once } from 'node:events';
import { isIP, Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { SlipwayError } from '../../domain/errors.js';

export interface Encryption {
  /** A server that has none is refused. */
  readonly required: boolean;
  readonly options: ConnectionOptions;
}

const WITHIN_MS = 10_000;
/** Length and number of the message by which PostgreSQL is asked for TLS. */
const TLS_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * A connection to PostgreSQL before anybody has said who they are, encrypted where both sides can. One connection, whatever the server answers, as
 * libpq does it: the driver's own way would need a second, which a pooler may lead elsewhere.
 *
 * @throws SOURCE_UNREACHABLE when it takes too long, SOURCE_REFUSED without the encryption that is required, what the network says
 */
export async function dial({ host, port }: { readonly host: string; readonly port: number }, encryption: Encryption | null, signal: AbortSignal): Promise<Socket> {
  const late = AbortSignal.timeout(WITHIN_MS);
  const socket = new Socket();
  // What happens to it later is told to whoever uses it.
  socket.on('error', () => undefined);
  try {
    const either = AbortSignal.any([signal, late]);
    socket.connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
    await once(socket, 'connect', { signal: either });
    return encryption && (await hasEncryption(socket, encryption, either)) ? await encrypted(socket, host, encryption.options, either) : socket;
  } catch (error) {
    socket.destroy();
    if (late.aborted && !signal.aborted) throw new SlipwayError('SOURCE_UNREACHABLE', `PostgreSQL at ${host}:${port} gave no answer within ${WITHIN_MS} ms.`, { cause: error });
    throw error;
  }
}

async function hasEncryption(socket: Socket, { required }: Encryption, signal: AbortSignal): Promise<boolean> {
  socket.write(TLS_REQUEST);
  await once(socket, 'readable', { signal });
  const answer: unknown = socket.read();
  // More than one byte would be of somebody between here and there.
  const said = answer instanceof Uint8Array && answer.length === 1 ? String.fromCharCode(...answer) : '';
  if (said === 'S') return true;
  if (said !== 'N') throw new SlipwayError('SOURCE_UNREACHABLE', 'What answered the question for encryption is no PostgreSQL, or it is just stopping.');
  if (required) throw new SlipwayError('SOURCE_REFUSED', 'The server has no encryption, which the sslmode of the address asks for.');
  return false;
}

async function encrypted(socket: Socket, host: string, options: ConnectionOptions, signal: AbortSignal): Promise<Socket> {
  const secure = connectTls({ socket, host, ...(isIP(host) === 0 && { servername: host }), ...options });
  secure.on('error', () => undefined);
  await once(secure, 'secureConnect', { signal });
  return secure;
}
