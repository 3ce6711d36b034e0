import { gateAddress, type PlanStep } from '../../domain/deployment/plan.js';
import type { Phase } from '../../domain/deployment/status.js';
import { formatDuration } from '../../domain/duration.js';
import { formatShare, WHOLE } from '../../domain/share.js';
import { attend } from './attention-loop.js';
import { contract } from './contracting.js';
import { end } from './ending.js';
import { goBack } from './going-back.js';
import { expand } from './migrating.js';
import { protect } from './protecting.js';
import { resumeTakingBack, takeDataBack } from './reverting.js';
import { changeRoles } from './roles-change.js';
import type { Handover } from './input.js';
import type { Run } from './run.js';
import { Halt } from '../sequence/work.js';
import { Watched } from './watched.js';

/**
 * One deployment from the claim to the end, for every strategy: it interprets the plan. Knows nothing of Temporal.
 *
 * @returns the phase it ended in.
 */
export async function deliver(run: Run): Promise<Phase> {
  const watched = new Watched(run);
  try {
    await prepare(run, watched);
    await verify(run);
    if (run.state.first) await firstSwitch(run, watched);
    else await climb(run, watched);
    if (!run.control.closeAborts()) throw haltByAbort(run);
  } catch (error) {
    if (!(error instanceof Halt)) throw error;
    return end(run, await settleData(run, await goBack(run, watched, error.why)));
  }
  return end(run, await settleData(run, await changeRoles(run, watched)));
}

/** Goes on where an earlier run of the same deployment stopped: in `needs-attention`. */
export async function resume(run: Run, { goal, reason }: Handover): Promise<Phase> {
  if (goal === 'revert') return end(run, await resumeTakingBack(run, reason));
  return end(run, await settleData(run, await attend(run, goal, reason)));
}

/** Traffic first: the data follows once that is settled, in whichever direction. @returns the phase it ends in. */
async function settleData(run: Run, phase: Phase): Promise<Phase> {
  if (!run.state.plan.protect) return phase;
  if (phase !== 'succeeded') return takeDataBack(run);
  await contract(run);
  return phase;
}

async function prepare(run: Run, watched: Watched): Promise<void> {
  const { plan } = run.state;
  const working = plan.protect?.migrate.expand ? 'migrating' : 'preparing';
  run.setPhase(plan.protect && plan.protect.backups.length > 0 ? 'protecting' : working);
  await run.act('claim', { plan }, 'claim the deployment');
  run.tell('started', `${plan.service} ${plan.candidate.version} goes to ${plan.environment} by ${plan.strategy.name}`);
  await protect(run);
  run.setPhase(working);
  const repairGeneration = run.state.nextGeneration();
  const opened = await run.act('open', { ...run.place, plan, repairGeneration }, 'read the routers');
  run.state.data.opened = opened;
  if (opened.repaired) run.note(opened.repaired);
  if (opened.maintenance.length > 0) run.note(`router instances in maintenance, left out of everything: ${opened.maintenance.join(', ')}`);
  await expand(run, watched);
  run.setPhase('preparing');
  const slot = run.state.candidateSlot;
  const taken = { entry: run.state.entry(0, 'settled'), base: opened.entry.generation };
  const launched = await run.act('launch', { ...run.place, ...taken, plan, slot }, `launch ${plan.candidate.target.instances} into ${slot} and wait until healthy`);
  run.state.data.candidateInstances = launched.instances;
  run.milestone('launched');
}

async function verify(run: Run): Promise<void> {
  const { plan, data } = run.state;
  run.setPhase('verifying');
  await run.act('verify', { ...run.place, plan, slot: run.state.candidateSlot, instances: data.candidateInstances }, 'check each instance before its first request');
  run.milestone('verified');
}

/** Before the switch a failure retires the candidate; after it there is nothing to go back to. */
async function firstSwitch(run: Run, watched: Watched): Promise<void> {
  const { plan } = run.state;
  await openGates(run, watched, plan.steps[0]);
  await promote(run, watched, plan.keepWarmMs);
}

async function climb(run: Run, watched: Watched): Promise<void> {
  const { plan } = run.state;
  if (plan.strategy.kind === 'blueGreen') await openGates(run, watched, plan.steps[0]);
  else for (const step of plan.steps) await climbStep(run, watched, step);
  await promote(run, watched, plan.keepWarmMs);
}

/** The gate of a blue-green and of a first deployment opens before any traffic. */
async function openGates(run: Run, watched: Watched, step: PlanStep | undefined): Promise<void> {
  run.control.enter('none', 1);
  await watched.holdWhilePaused();
  if (step?.gate && run.state.plan.strategy.kind === 'blueGreen') await passGate(run, watched, step);
}

async function climbStep(run: Run, watched: Watched, step: PlanStep): Promise<void> {
  // A promote ends the remaining bakes: steps without a gate have nothing else.
  if (run.control.promoting && !step.gate) return;
  run.setPhase('progressing');
  run.control.enter('bake', step.number);
  // What was waved through counts for its own step only.
  run.state.data.waived = [];
  await watched.holdWhilePaused();
  const summary = `shift to ${formatShare(step.share)}, bake ${formatDuration(step.bakeMs)}`;
  await watched.bake(run.state.entry(step.share, 'moving'), step.bakeMs, summary);
  run.control.enter('none');
  await watched.holdWhilePaused();
  if (step.gate) await passGate(run, watched, step);
}

async function passGate(run: Run, watched: Watched, step: PlanStep): Promise<void> {
  if (!step.gate) return;
  await watched.pass(step.gate, gateAddress(step.number, step.gate.name), `step ${step.number} of ${run.state.plan.steps.length}`);
  await watched.holdWhilePaused();
}

async function promote(run: Run, watched: Watched, keepWarmMs: number): Promise<void> {
  const { control, state } = run;
  // A promote leaves out the steps, and with them their looking for a pause.
  await watched.holdWhilePaused();
  run.setPhase('promoting');
  control.enter('keep-warm', state.plan.steps.length + 1);
  state.data.waived = [];
  await watched.bake(state.entry(WHOLE, 'watching'), keepWarmMs, `shift to 100 %, keep the old release warm for ${formatDuration(keepWarmMs)}`);
  control.enter('none');
  await watched.holdWhilePaused();
}

function haltByAbort(run: Run): Halt {
  return new Halt(run.control.abort ?? { code: 'ABORTED', by: 'slipway', text: 'aborted' });
}
