import { isSlipwayError, messageOf, SlipwayError } from '../domain/errors.js';
import type { HttpAnswer, HttpClient } from '../net/http-client.js';
import type { MetricSource } from './metric-source.js';
import { type PartialAnswers, readAnswer } from './prometheus-answer.js';

export interface PrometheusSourceOptions {
  /** Of the server, with the path in front of `/api/v1` where it has one. */
  readonly url: string;
  /** Such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What is done about answers that lack a part of the data, as of a store of several that are not all there. @default 'refused' */
  readonly partialAnswers?: PartialAnswers;
  readonly http: HttpClient;
}

/** The statuses whose body says what is wrong with the query. */
const REFUSALS = [400, 422];

/**
 * A Prometheus server, or anything that speaks its HTTP API. A query must give one number: a scalar, or a vector of one series.
 *
 * @throws URL_REFUSED for an address that is never called
 */
export function createPrometheusSource(options: PrometheusSourceOptions): MetricSource {
  const { url, headers = {}, timeoutMs, partialAnswers = 'refused', http } = options;
  const endpoint = `${url.replace(/\/+$/, '')}/api/v1/query`;

  async function ask(query: string, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    try {
      return await http.send({
        url: endpoint, method: 'POST', timeoutMs, ...(signal ? { signal } : {}),
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        // The server gives up when nobody waits any more.
        body: new URLSearchParams({ query, timeout: `${timeoutMs}ms` }).toString(),
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (isSlipwayError(error)) throw error;
      throw unavailable(query, messageOf(error), error);
    }
  }

  return {
    async query(query, signal) {
      const { status, text } = await ask(query, signal);
      const read = readAnswer(text, partialAnswers);
      // Whatever stands in the body of another status, it is not the answer of a store that is well.
      const isGood = status >= 200 && status < 300;
      if (isGood && read.ok) return read.answer;
      throw unavailable(query, !read.ok && (isGood || REFUSALS.includes(status)) ? read.why : `status ${status}`);
    },
  };
}

function unavailable(query: string, why: string, cause?: unknown): SlipwayError {
  return new SlipwayError('METRIC_UNAVAILABLE', `The query ${query.slice(0, 200)} gave no number: ${why}.`, { cause });
}
