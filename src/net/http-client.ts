import { Agent, request } from 'undici';
import { isSlipwayError, type SlipwayError } from '../domain/errors.js';
import { startDeadline } from './deadline.js';
import { errnoOf } from './errno.js';
import { guardedLookup, type Resolve } from './guarded-lookup.js';
import { URL_POLICY, type UrlPolicy } from './url-policy.js';

/** Calls URLs that users give: under one policy, with a deadline and a limit to the answer, and following no redirect. */
export interface HttpClient {
  /**
   * @throws URL_REFUSED; HttpFailure when there is no whole answer in time; the signal's reason when aborted. Any status is an answer.
   */
  send(call: HttpCall): Promise<HttpAnswer>;
  /** Closes all connections; the client is not usable afterwards. */
  close(): Promise<void>;
}

interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the look-up of the host to the end of the answer. */
  readonly timeoutMs: number;
  /** A longer answer is a failure. @default 1 MiB */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** There was no whole answer. The message names the host and never the path, which may be secret. */
class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
}

export interface HttpClientOptions {
  /** @default the one policy for all URLs */
  readonly policy?: UrlPolicy;
  /** @default the system's resolver */
  readonly resolve?: Resolve;
}

const DEFAULT_MAX_BYTES = 1_048_576;

export function createHttpClient({ policy = URL_POLICY, resolve }: HttpClientOptions = {}): HttpClient {
  const dispatcher = new Agent({ connect: { lookup: guardedLookup(policy, resolve) } });

  async function answerTo(call: HttpCall, url: URL, signal: AbortSignal): Promise<HttpAnswer> {
    const { method, headers = {}, body } = call;
    const answer = await request(url, { dispatcher, signal, method, headers: { 'user-agent': 'slipway', ...headers }, ...(body === undefined ? {} : { body }) });
    const text = await readAtMost(answer.body, call.maxBytes ?? DEFAULT_MAX_BYTES, url);
    const flat = Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]);
    return { status: answer.statusCode, headers: Object.fromEntries(flat), text };
  }

  return {
    async send(call) {
      call.signal?.throwIfAborted();
      const url = policy.check(call.url);
      const deadline = startDeadline(call.timeoutMs, call.signal);
      try {
        // undici notices an abort only once it is connected; a look-up that hangs must not outlast the deadline.
        return await Promise.race([answerTo(call, url, deadline.signal), abortOf(deadline.signal)]);
      } catch (error) {
        call.signal?.throwIfAborted();
        if (deadline.passed) throw new HttpFailure(`${url.host} did not answer within ${call.timeoutMs} ms`);
        throw failureOf(error, url);
      } finally {
        deadline.end();
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const aborted = () => reject(signal.reason);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}

async function readAtMost(body: AsyncIterable<Buffer>, maxBytes: number, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new HttpFailure(`${url.host} answered more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function failureOf(error: unknown, url: URL): SlipwayError | HttpFailure {
  if (isSlipwayError(error) || error instanceof HttpFailure) return error;
  return new HttpFailure(`${url.host} could not be asked: ${errnoOf(error) ?? 'the connection failed'}`);
}
