import { isIP } from 'node:net';

/** Whether the text is `host:port` with an IP address, as routers need it; an IPv6 address stands in brackets. */
export function isInstanceAddress(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const fits = bracketed === undefined ? isIP(plain ?? '') === 4 : isIP(bracketed) === 6;
  return fits && Number(port) >= 1 && Number(port) <= 65_535;
}
