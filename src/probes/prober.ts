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
      const failure = await asked(programs, check, instance, deadline).finally(() => deadline.end());
      signal?.throwIfAborted();
      const result: ProbeResult = { ok: failure === undefined, tookMs: performance.now() - startedMs, ...failure };
      return slowFailure(check, result);
    },
  };
}

type Failure = Required<Pick<ProbeResult, 'detail'>> & Pick<ProbeResult, 'unreached'>;

/** @returns why the instance is not well, undefined when it is. @throws PROGRAM_MISSING: that says nothing about the instance. */
async function asked(programs: Programs, { check, timeoutMs }: HealthCheck, instance: ProbeSubject, deadline: Deadline): Promise<Failure | undefined> {
  const { signal } = deadline;
  try {
    const detail = await said();
    return detail === undefined ? undefined : { detail };
  } catch (error) {
    if (signal.aborted) return { detail: `no answer within ${timeoutMs} ms`, unreached: true };
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return inWords(errno);
  }

  async function said(): Promise<string | undefined> {
    switch (check.kind) {
      case 'http': return httpProbe(check, instance, signal);
      case 'tcp': return tcpProbe(instance, signal);
      case 'command': return commandProbe(programs, check.command, instance, { timeoutMs, signal });
    }
  }
}

const IN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused', ECONNRESET: 'connection reset', EPIPE: 'connection reset', EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network', ENOTFOUND: 'no such host', ETIMEDOUT: 'no connection',
};

function inWords(errno: string): Failure {
  return errno.startsWith('HPE_') ? { detail: 'an answer that is not HTTP' } : { detail: IN_WORDS[errno] ?? errno, unreached: true };
}
