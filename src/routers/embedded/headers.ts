import type { IncomingMessage } from 'node:http';

/** Headers that are meant for the next hop only. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect']);

/** Name and value in turn, as `rawHeaders` has them: neither order nor repetition is lost. */
export type RawHeaders = readonly string[];

/** The headers to pass on: without those of the hop, and those that `Connection` names. */
export function endToEnd({ rawHeaders, headers }: IncomingMessage): string[] {
  const named = (headers.connection ?? '').toLowerCase().split(',').map((name) => name.trim());
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  return pairs(rawHeaders).filter(([name]) => !dropped.has(name.toLowerCase())).flat();
}

/** What goes to the server: who asked, and how long the body is. */
export function requestHeaders(request: IncomingMessage): string[] {
  const passed = endToEnd(request);
  const from = request.socket.remoteAddress;
  const forwarded = from === undefined ? [] : ['X-Forwarded-For', from];
  if (request.headers['transfer-encoding'] !== undefined) return [...passed, ...forwarded, 'Transfer-Encoding', 'chunked'];
  const framed = request.headers['content-length'] !== undefined || request.method === 'GET' || request.method === 'HEAD';
  return [...passed, ...forwarded, ...(framed ? [] : ['Content-Length', '0'])];
}

export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** A head as it goes over the wire. */
export function formatHead(status: number, message: string, headers: RawHeaders): string {
  const lines = pairs(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${message}\r\n${lines.join('')}\r\n`;
}

function pairs(raw: RawHeaders): (readonly [name: string, value: string])[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));
}
