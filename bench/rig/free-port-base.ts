import { assertPortsFree, planPorts } from '../../src/dev/ports.js';

const FIRST = 21_000;
const LAST = 60_000;
const ROOM = 200;

/** A base whose ports for the stack are all free. @throws PORT_TAKEN when there is none */
export async function freePortBase(): Promise<number> {
  for (let base = FIRST; base < LAST; base += ROOM) {
    try {
      await assertPortsFree(planPorts(base));
      return base;
    } catch {
      // Somebody listens there: the next one.
    }
  }
  throw new Error('There is no free range of ports for the stack.');
}
