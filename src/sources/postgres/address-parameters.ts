import { SlipwayError } from '../../domain/errors.js';
import { nearest } from '../../domain/service/nearest.js';

/** As libpq knows them, for its programs and for our own connections alike. */
export interface TlsSettings {
  /** @default prefer */
  readonly sslmode?: SslMode;
  /** A file, or `system`. */
  readonly sslrootcert?: string;
  readonly sslcert?: string;
  readonly sslkey?: string;
}

/** Those that promise nothing take what they get. */
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

const PLACE = ['host', 'port', 'user', 'password', 'dbname'];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'] as const;
/** Known, and of no use here: sessions of ours have their own. */
const OUR_OWN = ['application_name', 'connect_timeout'];

/** What is not understood is not left out in silence: it may be what keeps a connection safe. @throws SOURCE_REFUSED */
export function refuseUnknown(source: string, given: URLSearchParams): void {
  const known = [...PLACE, 'sslmode', ...FILES, ...OUR_OWN];
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = nearest(unknown, known);
  throw refused(source, `its parameter ${JSON.stringify(unknown.slice(0, 40))} is not known. ${meant === undefined ? `Known are ${known.join(', ')}` : `Did you mean ${meant}?`}`);
}

/** @throws SOURCE_REFUSED for a mode that there is not, and for a check against no certificate */
export function readTls(source: string, given: URLSearchParams): TlsSettings {
  const mode = given.get('sslmode');
  const sslmode = SSL_MODES.find((known) => known === mode);
  if (mode !== null && sslmode === undefined) throw refused(source, `its sslmode is none of ${SSL_MODES.join(', ')}`);
  // libpq looks for a file in the home of whoever runs it; what is not said here would depend on the worker.
  if (sslmode?.startsWith('verify-') && !given.get('sslrootcert')) throw refused(source, `sslmode=${sslmode} needs sslrootcert, the file on the workers with the certificate of who signed the server's`);
  const files = FILES.flatMap((name) => {
    const value = given.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { ...(sslmode && { sslmode }), ...Object.fromEntries(files) };
}

function refused(source: string, why: string): SlipwayError {
  return new SlipwayError('SOURCE_REFUSED', `The address of the source ${source} cannot be used: ${why}.`);
}
