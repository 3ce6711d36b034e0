import type { OriginRoute } from '../../test/support/origin.js';

/** A way in which a new version is bad, while its health check stays good. */
export interface Fault {
  readonly name: string;
  /** How the good version answers beside it. */
  readonly good: OriginRoute;
  readonly bad: OriginRoute;
}

const QUICK_MS = 20;
/** Long enough that ten times as long is more than a user waits. */
const SLOW_MS = 600;

const after = (ms: number): OriginRoute => (_request, response) => void setTimeout(() => response.end('ok'), ms);
const quick = after(QUICK_MS);

const hangUp: OriginRoute = (request) => void request.socket.destroy();
const hang: OriginRoute = () => {};

/** Every request in `period` is bad, the others are good: no dice, so that two runs are alike. */
function oneIn(period: number, bad: OriginRoute): OriginRoute {
  let count = 0;
  return (request, response) => {
    count += 1;
    return (count % period === 1 ? bad : quick)(request, response);
  };
}

/** @returns a new one each time, as it counts. */
export const FAULTS: readonly (() => Fault)[] = [
  () => ({ name: 'one error in three', good: quick, bad: oneIn(3, (_request, response) => void response.writeHead(500).end('broken')) }),
  () => ({ name: 'hangs up', good: quick, bad: hangUp }),
  () => ({ name: 'hangs', good: quick, bad: hang }),
  () => ({ name: 'ten times slower', good: after(SLOW_MS), bad: after(10 * SLOW_MS) }),
  () => ({ name: '404 for everything', good: quick, bad: (_request, response) => void response.writeHead(404).end('not found') }),
];

export function hangs(): Fault {
  return { name: 'hangs', good: quick, bad: hang };
}

export function hangsOneInFive(): Fault {
  return { name: 'one in five hangs', good: quick, bad: oneIn(5, hang) };
}

export function hangsUpOneInFive(): Fault {
  return { name: 'one in five hangs up', good: quick, bad: oneIn(5, hangUp) };
}
