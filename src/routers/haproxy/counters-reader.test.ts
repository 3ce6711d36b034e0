import { describe, expect, it } from '@jest/globals';
import type { Ask } from './admin-connection.js';
import { createCountersReader } from './counters-reader.js';

const BACKENDS = { blue: 'be_blue', green: 'be_green' };
const HEAD = '# pxname,svname,scur,stot,req_tot,hrsp_1xx,hrsp_2xx,addr,';

describe('the counters of a HAProxy without the table of heads', () => {
  it('do not take interim answers for requests that stream once the backend was idle', async () => {
    const read = createCountersReader();
    const idle = await read(haproxy({ heads: 12, begun: 10, ended: 10 }), BACKENDS);
    const hanging = await read(haproxy({ heads: 12, begun: 13, ended: 10 }), BACKENDS);
    expect(idle.slots.blue).toMatchObject({ waiting: 0, streaming: 0 });
    expect(hanging.slots.blue).toMatchObject({ waiting: 3, streaming: 0 });
  });

  it('forget that when HAProxy has started anew', async () => {
    const read = createCountersReader();
    await read(haproxy({ heads: 12, begun: 10, ended: 10 }), BACKENDS);
    const anew = await read(haproxy({ pid: 2, heads: 1, begun: 1, ended: 0 }), BACKENDS);
    expect(anew.slots.blue).toMatchObject({ waiting: 0, streaming: 1 });
  });

  it('do not take what streams for hung when somebody clears them', async () => {
    const read = createCountersReader();
    await read(haproxy({ heads: 15, begun: 15, ended: 10 }), BACKENDS);
    const cleared = await read(haproxy({ heads: 2, begun: 2, ended: 2, running: 5 }), BACKENDS);
    const hanging = await read(haproxy({ heads: 4, begun: 6, ended: 5, running: 6 }), BACKENDS);
    expect(cleared.slots.blue).toMatchObject({ waiting: 0, streaming: 5 });
    expect(hanging.slots.blue).toMatchObject({ waiting: 2, streaming: 4 });
  });
});

interface Told {
  readonly pid?: number;
  /** Heads of the server, interim ones included. */
  readonly heads: number;
  readonly begun: number;
  readonly ended: number;
  /** @default what began and has not ended */
  readonly running?: number;
}

function haproxy({ pid = 1, heads, begun, ended, running = begun - ended }: Told): Ask {
  return async (command) => {
    if (command === 'show info') return `Pid: ${pid}\nStart_time_sec: 7`;
    if (command.startsWith('show table')) return 'No such table';
    return [HEAD, `be,s1,${running},${begun},0,${heads - ended},${ended},10.0.0.1:80,`, `be,BACKEND,${running},${begun},${ended},0,${ended},,`].join('\n');
  };
}
