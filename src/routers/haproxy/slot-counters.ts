import type { PlaceCounters, SlotCounters } from '../counters.js';
import type { HeadCounters } from './head-counters.js';
import { type BackendRows, numberIn, type Row } from './stat-rows.js';
import { placeOf } from './place.js';

/*
 * HAProxy moves its counters at different moments (measured on 2.6 and 3.4). The backend's line counts requests: `stot` as one begins, `req_tot` and
 * `hrsp_…` as it ends, with the status that the client got. A server's line counts attempts: `stot` as one begins, `hrsp_…` as its head comes, and
 * nothing where none comes. What is between the two has begun and not ended. `eresp`, `econ`, `wretr` and `cli_abrt` count the same event once or
 * twice, by version and case: nothing is made of them.
 */

/** What a backend has counted, from one reading of its lines. `heads` is absent where HAProxy's configuration keeps no such table. */
export function slotCounters({ total, servers }: BackendRows, heads: HeadCounters | undefined, offset = 0): SlotCounters {
  const be = (...columns: readonly string[]): number => sumOf([total], columns);
  const srv = (...columns: readonly string[]): number => sumOf(servers, columns);
  // Without the table an interim answer, such as 103, counts as well, and for good.
  const switched = heads?.switched ?? srv('hrsp_1xx');
  const running = be('scur');
  const streaming = within(0, rawStreaming({ total, servers }, heads) - offset, Math.min(running, srv('scur')));
  return {
    // What clients saw: requests that ended, with HAProxy's own 502, 503 and 504 among their errors. A broken answer has the status of its head.
    requests: be('req_tot'),
    errors: be('hrsp_5xx', 'srv_abrt'),
    begun: be('stot'),
    headed: srv('hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other') + switched,
    attempts: srv('stot'),
    failedAttempts: atLeast0(srv('stot') - srv('scur', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other') - be('hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx')),
    quit: atLeast0(be('hrsp_4xx', 'hrsp_other') - srv('hrsp_4xx', 'hrsp_other')),
    ownErrors: atLeast0(be('hrsp_5xx') - srv('hrsp_5xx')),
    clientErrors: srv('hrsp_4xx'),
    ...(heads && { latency: heads.latency }),
    waiting: running - streaming,
    streaming,
    places: servers.map(placeCounters),
  };
}

/** Heads that came, less the answers that ended. An answer of 400 and above counts as waiting until its body ends: that takes milliseconds. */
export function rawStreaming({ total, servers }: BackendRows, heads: HeadCounters | undefined): number {
  const headed = sumOf(servers, ['hrsp_2xx', 'hrsp_3xx']) + (heads?.switched ?? sumOf(servers, ['hrsp_1xx']));
  return headed - sumOf([total], ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx']);
}

/** An interim answer is a sign of life too, and a server of nothing but WebSockets has no other head. */
function placeCounters(row: Row): PlaceCounters {
  const { name, address } = placeOf(row);
  const headed = sumOf([row], ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other']);
  return { place: name, ...(address !== undefined && { address }), inFlight: numberIn(row, 'scur'), attempts: numberIn(row, 'stot'), headed };
}

function sumOf(rows: readonly Row[], columns: readonly string[]): number {
  return rows.reduce((sum, row) => columns.reduce((part, column) => part + numberIn(row, column), sum), 0);
}

/** Of two counters that move at different moments the later may be behind. */
function atLeast0(count: number): number {
  return Math.max(0, count);
}

function within(least: number, count: number, most: number): number {
  return Math.min(most, Math.max(least, count));
}
