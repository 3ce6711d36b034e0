import type { ErrorRequestHandler, Response } from 'express';
import type { SlipwayError } from '../../domain/errors.js';
import type { Logger } from '../../domain/logger.js';
import { PROBLEM_TYPE, problemOf, slipwayErrorOf } from '../problem.js';
import { contextOf } from './request-context.js';

const RETRY_AFTER_S = 2;

/** Every failure leaves here, as RFC 9457. */
export function answerProblem(log: Logger): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error: unknown, request, response, _next) => {
    const { id } = contextOf(response);
    const known = slipwayErrorOf(error);
    const problem = problemOf(known, { url: request.originalUrl, id });
    if (problem.status >= 500) logFailure(log, known, id);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (problem.status === 503 || problem.status === 429) response.set('Retry-After', String(retryAfterS(known)));
    sendProblem(response, problem.status, problem);
  };
}

function retryAfterS({ retryAfterMs }: SlipwayError): number {
  return retryAfterMs === undefined ? RETRY_AFTER_S : Math.ceil(retryAfterMs / 1_000);
}

/** Only what nobody foresaw needs a stack: the rest says in its text what is wrong. */
function logFailure(log: Logger, error: SlipwayError, requestId: string): void {
  if (error.code === 'INTERNAL') log.error({ err: error.cause ?? error, requestId }, 'a request failed unexpectedly');
  else log.warn({ code: error.code, reason: error.message, requestId }, 'a request failed');
}

function sendProblem(response: Response, status: number, problem: object): void {
  response.status(status).set('Cache-Control', 'no-store').type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
