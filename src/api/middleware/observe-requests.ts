import type { RequestHandler } from 'express';
import type { Logger } from '../../domain/logger.js';
import type { ApiMetrics } from '../system/api-metrics.js';
import { contextOf } from './request-context.js';

/** One line and one observation a request. Neither holds a header, a body or a query. */
export function observeRequests(log: Logger, metrics: ApiMetrics): RequestHandler {
  return (request, response, next) => {
    const begun = process.hrtime.bigint();
    response.once('close', () => {
      const ms = Number(process.hrtime.bigint() - begun) / 1e6;
      const { id, route, actor } = contextOf(response);
      const status = response.statusCode;
      metrics.requests.observe({ method: request.method, route, status: String(status) }, ms / 1_000);
      log.info({ requestId: id, method: request.method, route, status, ms: Math.round(ms * 10) / 10, by: actor?.name }, 'request');
    });
    next();
  };
}
