import type { HealthCheck } from '../domain/service/environment.js';
import { type Deadline, startDeadline } from '../net/deadline.js';
import { errnoOf } from '../net/errno.js';
import type { Programs } from '../programs/programs.js';
import { commandProbe } from './command-probe.js';
import { httpProbe } from './http-probe.js';
import type { ProbeResult, ProbeSubject, Prober } from './probe.js';
import { slowFailure } from './slow-failure.js';
import { tcpProbe } from './tcp-probe.js';

export interface ProberOptions {
  /** Runs `command` checks. */
  readonly programs: Programs;
}

/**
 * Asks instances at their own addresses, which are the operator's: loopback and private ones are as good as any.
 * Each HTTP and TCP probe opens a connection of its own, so that an instance that accepts no more is seen at once.
 */
export function createProber({ programs }: ProberOptions): Prober {
  return {
    async probe(check, instance, signal) {
      signal?.throwIfAborted();
      const startedMs = performance.now();
      const deadline = startDeadline(check.timeoutMs, signal);
      const detail = await asked(programs, check, instance, deadline).finally(() => deadline.end());
      signal?.throwIfAborted();
      const result: ProbeResult = { ok: detail === undefined, tookMs: performance.now() - startedMs, ...(detail === undefined ? {} : { detail }) };
      return slowFailure(check, result);
    },
  };
}

/** @returns why the instance is not well, undefined when it is. @throws PROGRAM_MISSING: that says nothing about the instance. */
async function asked(programs: Programs, { check, timeoutMs }: HealthCheck, instance: ProbeSubject, deadline: Deadline): Promise<string | undefined> {
  const { signal } = deadline;
  try {
    switch (check.kind) {
      case 'http':
        return await httpProbe(check, instance, signal);
      case 'tcp':
        return await tcpProbe(instance, signal);
      case 'command':
        return await commandProbe(programs, check.command, instance, { timeoutMs, signal });
    }
  } catch (error) {
    if (signal.aborted) return `no answer within ${timeoutMs} ms`;
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return inWords(errno);
  }
}

const IN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused', ECONNRESET: 'connection reset', EPIPE: 'connection reset', EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network', ENOTFOUND: 'no such host', ETIMEDOUT: 'no connection',
};

function inWords(errno: string): string {
  return IN_WORDS[errno] ?? (errno.startsWith('HPE_') ? 'an answer that is not HTTP' : errno);
}
