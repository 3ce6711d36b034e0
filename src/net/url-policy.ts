import { SlipwayError } from '../domain/errors.js';
import { isIP } from 'node:net';
import { addressRefusal } from './address-policy.js';

/** Which addresses that a user gives may be called at all. */
export interface UrlPolicy {
  /**
   * The parsed URL, when nothing speaks against it that can be known without resolving its host.
   *
   * @throws URL_REFUSED. The message names the host at most: the rest may be secret.
   */
  check(text: string): URL;
  /** Judges what a host name resolved to, at the moment of connecting. @throws URL_REFUSED */
  checkResolved(host: string, address: string): void;
}

/** http and https, without credentials, to any address but link-local, metadata, multicast, reserved and unspecified ones. */
export const URL_POLICY: UrlPolicy = {
  check(text) {
    const url = parsed(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(`the scheme ${url.protocol} is not http: or https:`);
    if (url.username !== '' || url.password !== '') throw refused(`the one for ${url.host} holds credentials, which end up in logs; send them in a header`);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) checkAddress(host, host);
    return url;
  },
  checkResolved: checkAddress,
};

function checkAddress(host: string, address: string): void {
  const why = addressRefusal(address);
  if (why !== undefined) throw refused(`${host === address ? host : `${host} leads to ${address}, which`} ${why}`);
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw refused('the text is no URL');
  }
}

function refused(why: string): SlipwayError {
  return new SlipwayError('URL_REFUSED', `The URL is not called: ${why}.`);
}
