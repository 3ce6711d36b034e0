import { request } from 'node:http';
import type { HealthCheck } from '../domain/service/environment.js';
import { hostAndPort } from './address.js';
import type { ProbeSubject } from './probe.js';

type HttpCheck = Extract<HealthCheck['check'], { kind: 'http' }>;

/** More of a body is not waited for: the status has answered the question. */
const BODY_LIMIT_BYTES = 65_536;

/** Sends one GET and follows no redirect. @returns why the instance is not well. @throws what the socket says, or an abort */
export async function httpProbe(check: HttpCheck, instance: ProbeSubject, signal: AbortSignal): Promise<string | undefined> {
  const status = await statusOf(check, instance, signal);
  return status === check.expect ? undefined : `status ${status}`;
}

function statusOf(check: HttpCheck, instance: ProbeSubject, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({
      ...hostAndPort(instance.address), path: check.path, signal, agent: false,
      headers: { 'user-agent': 'slipway-probe', accept: '*/*', ...check.headers, connection: 'close' },
    });
    asked.once('response', (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= BODY_LIMIT_BYTES) return;
        resolve(response.statusCode);
        asked.destroy();
      });
      response.once('end', () => resolve(response.statusCode));
      response.once('error', reject);
    });
    // A destroyed request may still say so after it was answered.
    asked.on('error', reject);
    asked.end();
  });
}
