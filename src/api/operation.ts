import { z } from 'zod';
import type { Request, Response } from 'express';
import type { Actor } from '../domain/actor.js';
import { type ErrorCode, SlipwayError } from '../domain/errors.js';
import type { IdempotencyClaim } from '../store/stores.js';
import { claimOf } from './idempotency-claim.js';
import { actorOf } from './middleware/request-context.js';
import type { Right } from './rights.js';
import { type InputPart, readBody, readPart } from './read-input.js';

type Method = 'get' | 'post' | 'put' | 'delete';

/** What a handler is given: all of it checked. */
interface Call<P, Q, H, B> {
  readonly params: P;
  readonly query: Q;
  readonly headers: H;
  readonly body: B;
  readonly actor: Actor;
  /** When the caller sent an `Idempotency-Key`. */
  readonly claim: IdempotencyClaim | undefined;
  /** Fires when the caller has gone. */
  readonly gone: AbortSignal;
  readonly response: Response;
}

/** `null`: the handler has answered by itself. */
export type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } | null;

export interface AnswerDescription { readonly description: string; readonly schema?: z.ZodType; readonly stream?: string }

/** One method of one path: what the router mounts and the OpenAPI document describes. */
export interface Operation {
  readonly id: string;
  readonly method: Method;
  /** As in OpenAPI: `/services/{service}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly headers: z.ZodObject;
  readonly body: z.ZodType | undefined;
  readonly bodyFormats: 'json' | 'json-or-yaml';
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  readonly refusals: readonly ErrorCode[];
  readonly right?: Right;
  readonly run: (request: Request, response: Response) => Promise<Answer>;
}

type Described = Pick<Operation, 'id' | 'method' | 'path' | 'tag' | 'summary' | 'answers' | 'refusals'>;

export interface OperationSpec<P extends z.ZodObject, Q extends z.ZodObject, H extends z.ZodObject, B extends z.ZodType> extends Described {
  readonly description?: string;
  /** Who may do it, once there are people and roles. */
  readonly right?: Right;
  readonly params?: P;
  readonly query?: Q;
  readonly headers?: H;
  readonly body?: B;
  /** @default json */
  readonly bodyFormats?: Operation['bodyFormats'];
  readonly handle: (call: Call<z.output<P>, z.output<Q>, z.output<H>, z.output<B>>) => Promise<Answer>;
}

const NOTHING = z.strictObject({});
const NO_HEADERS = z.looseObject({});

/** Reads and checks each part of the request, then calls the handler. @throws INVALID_REQUEST with every problem of every part */
export function operation<
  P extends z.ZodObject = typeof NOTHING, Q extends z.ZodObject = typeof NOTHING, H extends z.ZodObject = typeof NO_HEADERS, B extends z.ZodType = typeof NOTHING,
>(spec: OperationSpec<P, Q, H, B>): Operation {
  const { handle, ...described } = spec;
  // A part that is not given has the schema its type parameter defaults to.
  const [params, query, headers, body] = [spec.params ?? NOTHING, spec.query ?? NOTHING, spec.headers ?? NO_HEADERS, spec.body ?? NOTHING] as [P, Q, H, B];
  const bodyFormats = spec.bodyFormats ?? 'json';
  return {
    ...described, params, query, headers, body: spec.body, bodyFormats,
    run: async (request, response) => {
      const actor = actorOf(response);
      const given = readBody(request.body, request.get('content-type'), bodyFormats);
      const read = collect();
      const parts = {
        params: read(params, request.params, 'path'), query: read(query, request.query, 'query'), headers: read(headers, request.headers, 'header'),
        body: read(body, given ?? {}, 'body'),
      };
      read.refuse();
      const claim = claimOf(request, actor, given);
      return handle({ ...parts, actor, claim, gone: goneSignal(response), response });
    },
  };
}

/** Reads parts one after the other and gathers what is wrong with all of them. */
function collect() {
  const problems: { path: string; message: string }[] = [];
  const read = <Schema extends z.ZodType>(schema: Schema, value: unknown, part: InputPart): z.output<Schema> => {
    const result = readPart(schema, value, part);
    if ('output' in result) return result.output;
    problems.push(...result.problems);
    // Never seen: `refuse` comes before any use.
    return undefined as z.output<Schema>;
  };
  const refuse = (): void => {
    const [first] = problems;
    if (!first) return;
    throw new SlipwayError('INVALID_REQUEST', `${first.path || '/'} ${first.message}${problems.length > 1 ? `, and ${problems.length - 1} more` : ''}.`, { problems });
  };
  return Object.assign(read, { refuse });
}

function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
