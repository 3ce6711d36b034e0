import { approvalsWanted, ASKING_GATE, openGate } from '../../domain/deployment/gate.js';
import type { PlanGate } from '../../domain/deployment/plan.js';
import { formatDuration } from '../../domain/duration.js';
import type { Run } from './run.js';
import { type Deadline, Halt } from '../sequence/work.js';

export interface Asked {
  readonly gate: PlanGate;
  readonly address: string;
  readonly reason: string;
}

/**
 * Opens a gate, tells people, and waits until somebody or the time decides. `decidedIn` waits for people, at most until the deadline, and says
 * whether they decided.
 *
 * @returns whether it goes on, as far as the time is concerned: false when nobody decided and the gate says abort.
 */
export async function standAtGate(run: Run, { gate, address, reason }: Asked, decidedIn: (deadline: Deadline) => Promise<boolean>): Promise<boolean> {
  const { control, runtime } = run;
  const wanted = approvalsWanted(gate);
  return run.waiting(`gate ${address}: ${wanted}`, async () => {
    for (;;) {
      control.open(openGate(address, gate, runtime.now(), reason));
      run.tell('gate-opened', `Gate ${address} waits for ${wanted}: ${reason}`);
      const decided = await decidedIn({ ms: gate.timeoutMs, summary: `gate ${address}, at most ${formatDuration(gate.timeoutMs)}` });
      if (!decided && gate.onTimeout === 'remind') continue;
      const goesOn = decided || gate.onTimeout === 'proceed';
      if (!decided && goesOn) run.note(`gate ${address}: nobody decided in time, so it went on`);
      control.close(address);
      return goesOn;
    }
  });
}

/** What the time decided, for people. */
export function nobodyDecided({ gate, address }: Asked): string {
  return `nobody decided gate ${address} in ${formatDuration(gate.timeoutMs)}`;
}

/** A gate that Slipway opens by itself. A first release is all that serves: time alone never stops it. */
export function askingGate(run: Run, name: string): PlanGate {
  return { ...ASKING_GATE, name, ...(run.state.first && { onTimeout: 'remind' }) };
}

export function timedOut(asked: Asked): Halt {
  return new Halt({ code: 'GATE_TIMEOUT', by: 'slipway', text: nobodyDecided(asked) });
}
