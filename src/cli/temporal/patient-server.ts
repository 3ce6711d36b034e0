import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { messageOf, SlipwayError } from '../../domain/errors.js';

/** Numbers of gRPC. */
export const GRPC = { deadlineExceeded: 4, notFound: 5, alreadyExists: 6, permissionDenied: 7, failedPrecondition: 9, unimplemented: 12, unavailable: 14 } as const;

const CALL_MS = 5_000;
const RETRY_MS = 500;
/** The server is away or still starting. */
const AWAY: readonly number[] = [GRPC.unavailable, GRPC.deadlineExceeded];

export interface PatientServer {
  readonly connection: Connection;
  readonly namespace: string;
  /**
   * Calls until it answers; `alsoWaitFor` are further codes of gRPC that pass with time.
   *
   * @throws TEMPORAL_UNAVAILABLE when the server does not answer for as long as it is waited for; else the last error
   */
  call<T>(what: () => Promise<T>, alsoWaitFor?: { readonly codes: readonly number[]; readonly why: string }): Promise<T>;
}

/** A server that may not be there yet. Each call has a deadline, and all of them together have `patienceMs`. */
export function patientServer(
  { connection, namespace, patienceMs, say }: { connection: Connection; namespace: string; patienceMs: number; say: (line: string) => void },
): PatientServer {
  const deadline = Date.now() + patienceMs;
  const told = new Set<string>();
  const tellOnce = (line: string): void => {
    if (!told.has(line)) say(line);
    told.add(line);
  };
  return {
    connection,
    namespace,
    async call(what, alsoWaitFor) {
      for (;;) {
        try {
          return await connection.withDeadline(Math.min(Date.now() + CALL_MS, deadline + CALL_MS), what);
        } catch (error) {
          const away = !isGrpcServiceError(error) || AWAY.includes(error.code);
          const passes = away || (alsoWaitFor?.codes.includes(error.code) ?? false);
          if (!passes) throw error;
          if (Date.now() + RETRY_MS > deadline) throw away ? unavailable(error, patienceMs) : error;
          tellOnce(away ? 'waiting for the Temporal server' : (alsoWaitFor?.why ?? 'waiting'));
          await sleep(RETRY_MS);
        }
      }
    },
  };
}

function unavailable(cause: unknown, patienceMs: number): SlipwayError {
  return new SlipwayError('TEMPORAL_UNAVAILABLE', `The Temporal server did not answer for ${Math.round(patienceMs / 1_000)} s: ${messageOf(cause)}. Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE.`, { cause });
}
