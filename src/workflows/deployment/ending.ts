import type { Phase } from '../../domain/deployment/status.js';
import type { StableRecord } from '../../domain/deployment/record.js';
import type { Run } from './run.js';

/** How long the last record may fail before a run of its own takes it over and the lock is released. */
const RECORD_MS = 30_000;

/** The last words of a run: tell people, record the outcome. @returns the phase. */
export async function end(run: Run, phase: Phase): Promise<Phase> {
  const { state, control, runtime } = run;
  state.data.endedAtMs = runtime.now();
  run.milestone('ended');
  control.enter('ended');
  run.setPhase(phase);
  const stable = state.data.rolesChanged ? { stable: stableOf(run) } : {};
  const given = state.data.carried;
  const task = run.start('record', stable, `record: ${phase}`);
  run.tell(phase, sentence(run, phase));
  await run.work.joinAll({ ms: RECORD_MS, summary: 'record the outcome, last notices' });
  const notices = run.takeNotices();
  // Events that a notice could not write come too late for the record, and are written with it once more.
  if (!task.outcome?.ok || state.data.carried.length > 0 || notices.length > 0) {
    task.cancel();
    // A record that never answered still holds what it was given; an event that is written twice is there once.
    const carried = [...(task.outcome ? [] : given), ...state.takeCarried()];
    await runtime.recordLater({ ...stable, status: state.nextStatus(control, runtime.now()), carried }, notices);
  }
  return phase;
}

function stableOf(run: Run): StableRecord {
  const { service, environment, candidate } = run.state.plan;
  const since = new Date(run.runtime.now()).toISOString();
  return { service, environment, deployment: run.state.deployment, slot: run.state.candidateSlot, release: candidate, since };
}

function sentence(run: Run, phase: Phase): string {
  const { plan, data } = run.state;
  const left = data.protection?.followUps.map(({ kind }) => kind).join(', ') ?? '';
  const remains = left === '' ? '' : `; left to people: ${left}`;
  if (phase === 'succeeded') return `${plan.service} ${plan.candidate.version} is live in ${plan.environment}${remains}`;
  const serves = plan.stable ? `${plan.stable.version} serves` : 'nothing was live before';
  return `${plan.service} ${plan.candidate.version} was taken back in ${plan.environment}: ${data.cause?.text ?? phase}; ${serves}${remains}`;
}
