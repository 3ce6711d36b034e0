import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bucketOf } from '../../domain/analysis/latency.js';
import type { SlotCounters } from '../counters.js';
import { parseHeadCounters } from './head-counters.js';
import { rawStreaming, slotCounters } from './slot-counters.js';
import { backendRows, type BackendRows } from './stat-rows.js';

/** What HAProxy 2.6.12 answered to `show stat` and `show table` after the case that the file is named after, its counters cleared before. */
function recorded(name: string): { readonly rows: BackendRows; readonly table: string } {
  const [stat = '', table = ''] = readFileSync(new URL(`../../../test/recorded/haproxy-2.6/${name}.txt`, import.meta.url), 'utf8').split('\n\n');
  const rows = backendRows(stat);
  if (!rows) throw new Error(`${name} has no line of the backend`);
  return { rows, table };
}

function countersOf(name: string): SlotCounters {
  const { rows, table } = recorded(name);
  return slotCounters(rows, parseHeadCounters(table));
}

const NOTHING = { requests: 0, errors: 0, begun: 0, headed: 0, attempts: 0, failedAttempts: 0, quit: 0, ownErrors: 0, clientErrors: 0, waiting: 0, streaming: 0 };
const one = { begun: 1, attempts: 1 };
const ended = { ...one, requests: 1 };

describe('what a slot of HAProxy has counted', () => {
  it.each<[string, string, Partial<SlotCounters>]>([
    ['three answers', 'answered', { requests: 3, begun: 3, headed: 3, attempts: 3 }],
    ['a request that hangs', 'hang', { ...one, waiting: 1 }],
    ['a client that left it', 'hang-client-left', { ...ended, failedAttempts: 1, quit: 1 }],
    ['a GET that is hung up on, four times', 'fin-get', { ...ended, errors: 1, attempts: 4, failedAttempts: 4, ownErrors: 1 }],
    ['a POST that is hung up on, once', 'fin-post', { ...ended, errors: 1, failedAttempts: 1, ownErrors: 1 }],
    ['a GET that is reset, four times', 'rst-get', { ...ended, errors: 1, attempts: 4, failedAttempts: 4, ownErrors: 1 }],
    ['an answer that is reset within its body', 'rst-in-body', { ...ended, errors: 1, headed: 1 }],
    ['an event stream', 'sse', { ...one, headed: 1, streaming: 1 }],
    ['one whose client left', 'sse-client-left', { ...ended, headed: 1 }],
    ['a WebSocket', 'websocket', { ...one, headed: 1, streaming: 1 }],
    ['one whose client left', 'websocket-client-left', { ...ended, headed: 1 }],
    ['a 103 before an answer, and a request that hangs', 'early-hints-then-hang', { requests: 1, begun: 2, headed: 1, attempts: 2, waiting: 1 }],
    ['a request in the queue behind one that hangs', 'queued', { begun: 2, attempts: 1, waiting: 2 }],
    ['one whose client left the queue', 'queued-client-left', { requests: 1, begun: 2, attempts: 1, quit: 1, waiting: 1 }],
    ['two answers of 404 and one of 500', '404-404-500', { requests: 3, errors: 1, begun: 3, headed: 3, attempts: 3, clientErrors: 2 }],
    ['two answers, one of them by the second server tried', 'one-of-two-refuses', { requests: 2, begun: 2, headed: 2, attempts: 3, failedAttempts: 1 }],
    ['a request for which no server is there', 'no-server', { requests: 1, errors: 1, begun: 1, ownErrors: 1 }],
  ])('is %s', (_what, name, counts) => {
    expect(countersOf(name)).toMatchObject({ ...NOTHING, ...counts });
  });

  it('has the heads of each place, whose address is that of the server there now', () => {
    expect(countersOf('answered').places).toMatchObject([{ place: 's1', inFlight: 0, headed: 3 }, { place: 's2', inFlight: 0, headed: 0 }]);
    expect(countersOf('answered').places[1]?.address).toBeUndefined();
    expect(countersOf('hang').places).toMatchObject([{ address: expect.stringContaining('127.0.0.1:'), inFlight: 1, headed: 0 }, {}]);
  });

  it('has the time from the begin of each request to its head, and none for what never had one', () => {
    expect(sum(countersOf('answered').latency)).toBe(3);
    expect(sum(countersOf('fin-get').latency)).toBe(0);
    const slow = countersOf('early-hints-idle').latency ?? [];
    // It was answered 50 ms after its 103.
    expect(slow.slice(0, bucketOf(50)).every((count) => count === 0)).toBe(true);
    expect(sum(slow)).toBe(1);
  });

  it('has no latencies without the table, and takes an interim answer for one that streams', () => {
    const { rows } = recorded('early-hints-then-hang');
    expect(slotCounters(rows, undefined).latency).toBeUndefined();
    expect(slotCounters(rows, undefined)).toMatchObject({ waiting: 0, streaming: 1 });
  });

  it('is right without the table once the backend was seen idle', () => {
    const offset = rawStreaming(recorded('early-hints-idle').rows, undefined);
    expect(slotCounters(recorded('early-hints-then-hang').rows, undefined, offset)).toMatchObject({ waiting: 1, streaming: 0 });
  });

  it('never has more that stream than run, nor fewer than none', () => {
    const { rows, table } = recorded('hang');
    const heads = parseHeadCounters(table);
    expect(slotCounters(rows, heads, -500)).toMatchObject({ waiting: 0, streaming: 1 });
    expect(slotCounters(rows, heads, 500)).toMatchObject({ waiting: 1, streaming: 0 });
  });
});

describe('the table of heads', () => {
  it('is missed where HAProxy has none, or another one', () => {
    expect(parseHeadCounters('No such table')).toBeUndefined();
    expect(parseHeadCounters('# table: be, type: integer, size:1, used:1\n0x1: key=1 use=0 exp=0 gpc0=3')).toBeUndefined();
    expect(parseHeadCounters('# table: be, type: ip, size:1048576, used:0')).toBeUndefined();
  });

  it('has counted nothing before its first request', () => {
    const heads = parseHeadCounters('# table: be, type: integer, size:1, used:0');
    expect(heads?.switched).toBe(0);
    expect(sum(heads?.latency)).toBe(0);
  });
});

function sum(counts: readonly number[] = []): number {
  return counts.reduce((total, count) => total + count, 0);
}
