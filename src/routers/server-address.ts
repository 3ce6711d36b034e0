import { isIP } from 'node:net';
import { SlipwayError } from '../domain/errors.js';

export interface HostPort {
  /** An IP address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** @throws TARGET_OUTPUT_INVALID when the address of a server is no `ip:port` or `[ipv6]:port`. */
export function parseServerAddress(address: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  if (isIP(host) !== 0 && port >= 1 && port <= 65_535) return { host, port };
  throw new SlipwayError('TARGET_OUTPUT_INVALID', `A router takes servers by IP address and port, such as 10.0.0.7:8080; it was given \`${address}\`.`);
}

/** `10.0.0.7:8080`, `[::1]:8080`. */
export function formatServerAddress({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
