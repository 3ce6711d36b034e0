import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { UrlPolicy } from './url-policy.js';

/** Asks for every address of a host name. */
export type Resolve = (host: string, callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void) => void;

const fromSystem: Resolve = (host, callback) => systemLookup(host, { all: true }, callback);

/**
 * A look-up for sockets that refuses a host as soon as one of its addresses is refused. The socket connects to the very addresses that were
 * judged: a name that changes its mind between judging and connecting gains nothing.
 */
export function guardedLookup(policy: UrlPolicy, resolve: Resolve = fromSystem): LookupFunction {
  return (host, { all }, callback) => {
    resolve(host, (error, addresses) => {
      const [first] = addresses ?? [];
      const failure = error ?? refusalOf(policy, host, addresses) ?? (first ? null : new Error(`${host} has no address`));
      if (failure || !first) callback(failure, '', 0);
      else if (all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

function refusalOf(policy: UrlPolicy, host: string, addresses: readonly LookupAddress[]): Error | null {
  try {
    for (const { address } of addresses) policy.checkResolved(host, address);
    return null;
  } catch (error) {
    // Only errors of our own are thrown there.
    return error as Error;
  }
}
