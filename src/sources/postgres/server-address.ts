import { SlipwayError } from '../../domain/errors.js';
import { readTls, refuseUnknown, type TlsSettings } from './address-parameters.js';

/** Where a database is and who asks; the password is a secret. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  readonly tls: TlsSettings;
}

const DEFAULT_PORT = 5_432;

/**
 * `postgres://user:password@host:port/database?sslmode=...`, its parameters as libpq knows them; a folder of sockets as host is percent-encoded, or given as `?host=`.
 *
 * @throws SOURCE_REFUSED when it cannot be read; its text is never repeated, but for the names of parameters
 */
export function parseServerAddress(source: string, text: string): ServerAddress {
  // A person without a host is usual where the host is a parameter.
  const whole = text.replace(/^([a-z]+:\/\/[^/@]*@)(?=[/?])/, '$1localhost');
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol)) throw unreadable(source);
  const given = url.searchParams;
  const user = decode(source, url.username) || given.get('user') || '';
  const host = given.get('host') ?? decode(source, url.hostname.replace(/^\[(.*)\]$/, '$1'));
  if (user === '' || host.includes(',')) throw unreadable(source);
  refuseUnknown(source, given);
  return {
    host: host || 'localhost',
    port: Number(url.port || given.get('port') || DEFAULT_PORT),
    user,
    password: decode(source, url.password) || given.get('password'),
    database: decode(source, url.pathname.slice(1)) || given.get('dbname') || user,
    tls: readTls(source, given),
  };
}

/** The same server and person, another database. */
export function atDatabase(address: ServerAddress, database: string): ServerAddress {
  return { ...address, database };
}

/** For a user's own program: one address with everything in it. */
export function urlOf({ host, port, user, password, database, tls }: ServerAddress): string {
  const person = password === null ? encodeURIComponent(user) : `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const place = host.includes(':') ? `[${host}]` : encodeURIComponent(host);
  // As a path these two mean a folder, however they are encoded.
  const isDots = database === '.' || database === '..';
  const parameters = new URLSearchParams({ ...(isDots && { dbname: database }), ...tls }).toString();
  return `postgres://${person}@${place}:${port}/${isDots ? '' : encodeURIComponent(database)}${parameters && `?${parameters}`}`;
}

/** For people: without the password. */
export function placeOf({ host, port, user, database }: ServerAddress): string {
  return `the database ${JSON.stringify(database)} at ${host}:${port} as ${JSON.stringify(user)}`;
}

function decode(source: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable(source);
  }
}

function unreadable(source: string): SlipwayError {
  return new SlipwayError('SOURCE_REFUSED', `The address of the source ${source} cannot be used: it must be postgres://user:password@host:port/database with one host, each part percent-encoded.`);
}
