import { describe, expect, it } from '@jest/globals';
import type { Ask } from './admin-connection.js';
import { readingOf, readStats } from './stat-table.js';

const HEAD = '# pxname,svname,qcur,scur,status,req_tot,hrsp_5xx,srv_abrt,last_chk,addr,';

describe('the statistics of a backend', () => {
  it('leave out free places', async () => {
    const stats = await readStats(answers('be,s1,0,1,UP,,,,,10.0.0.1:80,', 'be,s2,0,0,MAINT,,,,,127.0.0.1:1,', 'be,BACKEND,0,1,UP,9,2,1,,,'), 'be');
    expect(readingOf(stats)).toEqual({ servers: [{ address: '10.0.0.1:80', inRotation: true, up: true }], inFlight: 1 });
  });

  it.each([
    ['UP', { inRotation: true, up: true }],
    ['UP 1/2', { inRotation: true, up: true }],
    ['no check', { inRotation: true, up: true }],
    ['DOWN', { inRotation: true, up: false }],
    ['DOWN 1/2', { inRotation: true, up: false }],
    ['MAINT', { inRotation: false, up: false }],
    ['DRAIN', { inRotation: false, up: false }],
  ])('tell a server’s state by %s', async (status, state) => {
    const stats = await readStats(answers(`be,s1,0,0,${status},,,,,10.0.0.1:80,`, 'be,BACKEND,0,0,UP,0,0,0,,,'), 'be');
    expect(stats.places[0]).toMatchObject(state);
  });

  it('count what waits in queues as in flight', async () => {
    const stats = await readStats(answers('be,s1,2,3,UP,,,,,10.0.0.1:80,', 'be,BACKEND,1,0,UP,0,0,0,,,'), 'be');
    expect(stats.inFlight).toBe(6);
  });

  it('may hold commas and quotes in their texts', async () => {
    const stats = await readStats(answers('be,s1,0,0,UP,,,,"said ""no"", twice",10.0.0.1:80,', 'be,BACKEND,0,0,UP,0,0,0,,,'), 'be');
    expect(stats.places[0]).toMatchObject({ address: '10.0.0.1:80' });
  });

  it('are missed by name when HAProxy has no such backend', async () => {
    await expect(readStats(async () => 'No such proxy.', 'be')).rejects.toMatchObject({ code: 'ROUTER_ENTRY_UNKNOWN' });
  });

  it('are not missed for good when HAProxy answers something else', async () => {
    await expect(readStats(async () => '', 'be')).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE' });
  });
});

function answers(...rows: string[]): Ask {
  return async () => [HEAD, ...rows].join('\n');
}
