import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { NEXT_DEPLOYMENT, stepTo } from '../contract/scene.js';
import { fencedBackend } from './fenced-backend.js';
import { fillPlaces } from './places.js';

const HEAD = '# pxname,svname,qcur,scur,status,req_tot,hrsp_5xx,srv_abrt,last_chk,addr,';
const FREE = ['s1', 's2', 's3'].map((name) => `be,${name},0,0,MAINT,,,,,127.0.0.1:1,`);
const TWO = ['10.0.0.1:80', '10.0.0.2:80'].map((address, index) => ({ id: `g${index}`, address }));

describe('orders to a backend in a fence', () => {
  it('are all sent in one piece', async () => {
    const { backend, sent } = scene();
    await fillPlaces(backend, TWO).catch(() => undefined);
    expect(sent).toEqual([[
      'set server be/s1 state maint', 'set server be/s1 addr 10.0.0.1 port 80', 'set server be/s2 state maint', 'set server be/s2 addr 10.0.0.2 port 80',
    ]]);
  });

  it('are not sent by a writer that stood still since it asked', async () => {
    const { backend, sent } = scene({ readTakesMs: 40 });
    await expect(fillPlaces(backend, TWO)).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE' });
    expect(sent).toEqual([]);
  });

  it('are not sent beside the entry of a later generation', async () => {
    const { backend, sent } = scene({ holds: stepTo(5_000, 1, NEXT_DEPLOYMENT) });
    await expect(fillPlaces(backend, TWO)).rejects.toMatchObject({ code: 'SUPERSEDED' });
    expect(sent).toEqual([]);
  });

  it('fail by the command that HAProxy refused', async () => {
    const { backend } = scene({ answer: 'No such server.' });
    await expect(fillPlaces(backend, TWO)).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE', message: expect.stringContaining('state maint') });
  });
});

function scene({ holds = stepTo(0, 1), readTakesMs = 0, answer = '' } = {}) {
  const sent: (readonly string[])[] = [];
  const backend = fencedBackend({
    name: 'be', fence: { generation: stepTo(0, 2).generation, base: 'none' }, stallLimitMs: readTakesMs > 0 ? 20 : 1_000,
    ask: async () => (await sleep(readTakesMs), [HEAD, ...FREE, 'be,BACKEND,0,0,UP,0,0,0,,,'].join('\n')),
    askAll: async (commands) => (sent.push(commands), commands.map(() => answer)),
    map: {
      path: '/maps/shop.map', dump: async () => '', read: async () => ({ entry: holds, tombstones: [], hasEntry: true }),
      writeEntry: async () => undefined, bury: async () => undefined, unbury: async () => undefined,
    },
  });
  return { backend, sent };
}
