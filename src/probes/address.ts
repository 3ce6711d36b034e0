import { SlipwayError } from '../domain/errors.js';

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Both parts of `host:port`; an IPv6 host stands in brackets. @throws INTERNAL when it is no address: targets answer for those they give. */
export function hostAndPort(address: string): HostAndPort {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65_535) throw new SlipwayError('INTERNAL', `"${address}" is not host:port, so it cannot be probed.`);
  return { host, port };
}
