import type { ServerAddress } from './server-address.js';

/** How sessions of ours are called on the server. */
export const APPLICATION_NAME = 'slipway source';

/** What PostgreSQL's own programs need to connect; the password never stands in an argument. */
export function clientEnvironment({ host, port, user, password, database, tls }: ServerAddress): Record<string, string> {
  return {
    PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database, PGAPPNAME: APPLICATION_NAME, PGCONNECT_TIMEOUT: '10',
    ...(password === null ? {} : { PGPASSWORD: password }),
    // Said in any case: the worker's own environment may say otherwise.
    PGSSLMODE: tls.sslmode ?? 'prefer', PGSSLROOTCERT: tls.sslrootcert ?? '', PGSSLCERT: tls.sslcert ?? '', PGSSLKEY: tls.sslkey ?? '',
  };
}

/** The name of a database for an argument that would take `a=b` as connection settings. */
export function databaseArgument(database: string): string {
  return `dbname='${database.replaceAll(/[\\']/g, '\\$&')}'`;
}
