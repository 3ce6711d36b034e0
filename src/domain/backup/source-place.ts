import type { TextOrSecret } from '../service/environment.js';
import type { SourceDeclaration, SourceLocation } from './source-spec.js';

/**
 * Where the data of a source is, written in one way: a path, `postgres://host:port/database`, the name of a secret, or for what another
 * service owns its `<service>/<source>`.
 */
export function placeOf(declaration: SourceDeclaration): string {
  return 'uses' in declaration ? `${declaration.uses.service}/${declaration.uses.source}` : placeOfLocation(declaration.at);
}

/** Whether the two hold the same data, or one holds the other. Two secrets may be the same database all the same: nobody knows before they are used. */
export function placesOverlap(a: string, b: string): boolean {
  return a === b || liesIn(a, b) || liesIn(b, a);
}

function liesIn(inner: string, outer: string): boolean {
  return outer.startsWith('/') && inner.startsWith(`${outer}/`);
}

function placeOfLocation(at: SourceLocation): string {
  return at.kind === 'postgres' ? placeOfDatabase(at.url) : at.path;
}

function placeOfDatabase(url: TextOrSecret): string {
  return 'secret' in url ? `secret ${url.secret}` : placeOfAddress(url.text);
}

const DEFAULT_PORT = '5432';

/** Without who asks for it, and how. What cannot be read is compared as it stands. */
function placeOfAddress(text: string): string {
  // A person without a host is usual where the host is a parameter.
  const whole = text.replace(/^([a-z]+:\/\/[^/@]*@)(?=[/?])/, '$1localhost');
  if (!URL.canParse(whole)) return text;
  const { hostname, port, pathname, username, searchParams: given } = new URL(whole);
  const host = given.get('host') ?? hostname.toLowerCase();
  const database = pathname.slice(1) || given.get('dbname') || username || given.get('user');
  return `postgres://${host || 'localhost'}:${port || given.get('port') || DEFAULT_PORT}/${database ?? ''}`;
}
