import type { ProbeAnswer, Role } from '../../domain/analysis/watch-sample.js';
import { messageOf } from '../../domain/errors.js';
import type { HealthCheck } from '../../domain/service/environment.js';
import { readOnce } from './reading.js';
import { repeat } from './repeat.js';
import { checkFor, slotValues } from './slot-values.js';
import type { WatchRun } from './watch-run.js';
import { within } from './within.js';

/** A prober keeps the check's own time limit; one that does not is left behind after this much more. */
const GRACE_MS = 1_000;

/** Asks every check of both slots, each at its own period. */
export async function probing(run: WatchRun): Promise<void> {
  const { stable, candidate } = run.input.slots;
  const checks = [
    ...Object.keys(stable.health).map((check) => ({ role: 'stable' as const, check })),
    ...Object.keys(candidate.health).map((check) => ({ role: 'candidate' as const, check })),
  ];
  await Promise.all(checks.map(({ role, check }) => probingOne(run, role, check)));
}

async function probingOne(run: WatchRun, role: Role, name: string): Promise<void> {
  const { deps: { clock }, input, board } = run;
  const slot = input.slots[role];
  const check = slot.health[name];
  if (!check || slot.instances.length === 0) return;
  await repeat(clock, board.over, () => check.everyMs, async () => {
    const answers = await Promise.all(slot.instances.map((instance) => ask(run, { role, check, instance })));
    board.take({ kind: 'probe', at: clock.now(), role, check: name, answers });
    // The routers are asked beside it, so that their word is there when the failures have become enough.
    if (role === 'candidate' && answers.some(({ unreached }) => unreached)) void readOnce(run);
  });
}

interface Question {
  readonly role: Role;
  readonly check: HealthCheck;
  readonly instance: { readonly id: string; readonly address: string };
}

async function ask({ deps, input, board }: WatchRun, { role, check, instance }: Question): Promise<ProbeAnswer> {
  const limitMs = check.timeoutMs + GRACE_MS;
  try {
    const asked = checkFor(check, instance, slotValues(input, input.slots[role]));
    const result = await within(deps.clock, limitMs, deps.prober.probe(asked, instance, board.over));
    if (!result) return { instance: instance.id, outcome: 'unwell', tookMs: limitMs, detail: `no answer within ${limitMs} ms`, unreached: true };
    const { ok, tookMs, detail, unreached } = result;
    return { instance: instance.id, outcome: ok ? 'well' : 'unwell', tookMs, ...(detail !== undefined && { detail }), ...(unreached && { unreached }) };
  } catch (error) {
    return { instance: instance.id, outcome: 'unasked', tookMs: 0, detail: messageOf(error) };
  }
}
