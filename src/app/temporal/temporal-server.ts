import { type Client, type Workflow, WorkflowClient, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type WorkflowStartOptions } from '@temporalio/client';
import { SlipwayDeployment } from '../../workflows/sequence/search-attributes.js';
import { Lane } from '../lane.js';
import { mapTemporalFailure } from './temporal-failures.js';

export interface TemporalServerOptions {
  /** A lazy connection will do: nothing is called before it is needed. */
  readonly client: Client;
  /** Of one call. @default 5000 */
  readonly requestTimeoutMs?: number;
  /** Of a question to a run, where the record is the second choice. @default 2000 */
  readonly queryTimeoutMs?: number;
  /** Where questions wait their turn, so that however many there are, messages go before them. @default a lane of its own */
  readonly questions?: Lane;
}

/** A worker takes 40 workflow tasks at once, and a question is one: the others are left to what moves runs on. */
const QUESTIONS_AT_ONCE = 4;

/** One lane for all that a process asks. */
export function questionLane(): Lane {
  return new Lane(QUESTIONS_AT_ONCE);
}

/** The newest run of a workflow id. */
export interface FoundWorkflow {
  readonly memo: Readonly<Record<string, unknown>>;
  /** `completed` ended by itself; `gone` was terminated, timed out or failed, and left no outcome. */
  readonly state: 'running' | 'completed' | 'gone';
  /** RFC 3339; null while it runs. */
  readonly closedAt: string | null;
}

/** Calls to the server, each bounded in time and failing in our words. */
export interface TemporalServer {
  readonly client: Client;
  /** Its queries are refused by a run that has ended: what such a one says of itself is the past. */
  readonly openRuns: WorkflowClient;
  readonly queryTimeoutMs: number;
  /** Fails as the client does. */
  within<T>(call: () => Promise<T>): Promise<T>;
  /** @throws TEMPORAL_UNAVAILABLE, TEMPORAL_NOT_PREPARED, TEMPORAL_REFUSED */
  calling<T>(call: () => Promise<T>): Promise<T>;
  /** Silence, whatever the reason, means: ask the record. Of questions only so many are under way at once. Never throws. */
  asking<T>(question: () => Promise<T>): Promise<T | undefined>;
  describe(workflowId: string): Promise<FoundWorkflow | undefined>;
  /** The id of the running workflow that carries the run out, among those whose id begins so. */
  findRunning(run: string, prefix: string): Promise<string | undefined>;
  /** The memos of all running workflows whose id begins so, as the index has them, which may lag by a second or two. */
  listRunning(prefix: string): Promise<readonly Pick<FoundWorkflow, 'memo'>[]>;
  /**
   * Starts a workflow whose id is a lock.
   *
   * @returns who has the lock; undefined when it was free again each time we looked.
   */
  startLocked<W extends Workflow>(type: string, options: WorkflowStartOptions<W>, isOurs: (holder: FoundWorkflow) => boolean): Promise<'new' | 'same' | FoundWorkflow | undefined>;
}

const LIST_PAGE = 1_000;

/** A start that races the end of another run is decided within so many rounds. */
const START_ROUNDS = 3;

export function temporalServer(options: TemporalServerOptions): TemporalServer {
  const { client, questions = questionLane(), requestTimeoutMs = 5_000, queryTimeoutMs = 2_000 } = options;
  const within = <T>(call: () => Promise<T>): Promise<T> => client.withDeadline(Date.now() + requestTimeoutMs, call);
  const calling = <T>(call: () => Promise<T>): Promise<T> => within(call).catch(mapTemporalFailure);
  const describe = (workflowId: string): Promise<FoundWorkflow | undefined> =>
    calling(async () => {
      try {
        return foundWorkflow(await client.workflow.getHandle(workflowId).describe());
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    });
  const { interceptors } = client.workflow.options;
  const openRuns = new WorkflowClient({ connection: client.connection, namespace: client.options.namespace, interceptors, queryRejectCondition: 'NOT_OPEN' });
  return {
    client, openRuns, queryTimeoutMs, within, calling, describe,
    async asking(question) {
      try {
        return await questions.runWithin(queryTimeoutMs, (leftMs) => client.withDeadline(Date.now() + leftMs, question));
      } catch {
        return undefined;
      }
    },
    findRunning: (run, prefix) =>
      calling(async () => {
        // The id has the alphabet of a ULID: nothing in it can end the string.
        const query = `${SlipwayDeployment.name} = "${run}" AND ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${prefix}"`;
        for await (const info of client.workflow.list({ query, pageSize: 1 })) return info.workflowId;
        return undefined;
      }),
    listRunning: (prefix) =>
      calling(async () => {
        const found: Pick<FoundWorkflow, 'memo'>[] = [];
        for await (const { memo = {} } of client.workflow.list({ query: `ExecutionStatus = "Running" AND WorkflowId STARTS_WITH "${prefix}"`, pageSize: LIST_PAGE })) found.push({ memo });
        return found;
      }),
    async startLocked<W extends Workflow>(type: string, options: WorkflowStartOptions<W>, isOurs: (holder: FoundWorkflow) => boolean) {
      for (let round = 0; round < START_ROUNDS; round += 1) {
        try {
          await within(() => client.workflow.start<W>(type, options));
          return 'new';
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) return mapTemporalFailure(error);
        }
        const holder = await describe(options.workflowId);
        if (holder && isOurs(holder)) return 'same';
        if (holder?.state === 'running') return holder;
      }
      return undefined;
    },
  };
}

type Description = { readonly memo?: Record<string, unknown>; readonly status: { readonly name: string }; readonly closeTime?: Date };

function foundWorkflow({ memo = {}, status, closeTime }: Description): FoundWorkflow {
  const state = status.name === 'RUNNING' ? 'running' : status.name === 'COMPLETED' ? 'completed' : 'gone';
  return { memo, state, closedAt: closeTime?.toISOString() ?? null };
}

/** What the memo says under this name; the empty text where it says nothing. */
export function memoText({ memo }: Pick<FoundWorkflow, 'memo'>, name: string): string {
  const value = memo[name];
  return typeof value === 'string' ? value : '';
}
