import type { ShiftResult, StepInput } from '../../domain/deployment/steps.js';
import { formatShare } from '../../domain/share.js';
import { splitOf } from '../../domain/router/entry.js';
import { isLasting } from '../../routers/is-lasting.js';
import type { Router, ShiftOutcome, ShiftReport } from '../../routers/router.js';
import { diskOf } from '../disk-of.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { answering, showReadings } from './router-readings.js';
import { anyHealthy, probedSlot } from './slot-health.js';

const RETRY_MS = 300;

/**
 * Writes an entry on every router instance and tries again for as long as one that may come back does not answer. Those that answer are served at once.
 * On the way back it changes nothing while stable has no healthy instance.
 */
export async function shift(deps: ActivityDeps, input: StepInput<'shift'>, context: StepContext): Promise<ShiftResult> {
  const router = deps.router(input.router);
  if (input.back && !(await stableAnswers(deps, router, input, context))) {
    return { outcome: 'stable-down', split: null, unreached: [], detail: 'stable has no healthy instance: traffic stays where it is' };
  }
  const deadline = deps.clock.now() + input.timeoutMs;
  let pulled = false;
  for (;;) {
    const report = await writeOnce(router, input);
    const result = resultOf(report, input);
    if (result.outcome !== 'unreached') return finish(deps, router, input, result, context);
    if (!pulled) await Promise.all(input.pull.map((generation) => router.pull(input.backend, generation)));
    pulled = true;
    context.report({ waitingFor: result.unreached });
    const hopeless = report.instances.every((one) => one.ok || isLasting(one));
    if (hopeless || deps.clock.now() >= deadline) return finish(deps, router, input, result, context);
    await deps.clock.sleep(RETRY_MS, context.signal);
    context.signal.throwIfAborted();
  }
}

/** The router's own checks and our probe are both witnesses; the first that says yes is enough, as a router instance that hangs must not hold up the others. */
async function stableAnswers(deps: ActivityDeps, router: Router, input: StepInput<'shift'>, { signal }: StepContext): Promise<boolean> {
  const { back, entry } = input;
  if (!back) return true;
  const release = back.plan.stable ?? back.plan.candidate;
  return either(
    router.read(input.backend).then((reading) => answering(reading, input.except).some((one) => one.slots[entry.stable].servers.some(({ up, inRotation }) => up && inRotation))),
    anyHealthy(deps, probedSlot(input, entry.stable, release, back.stableInstances), signal),
  );
}

/** Yes as soon as one says so; no when both do. @throws what one threw, unless the other says yes */
async function either(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  const both = [one, other];
  const yes = Promise.any(both.map(async (answer) => (await answer) || Promise.reject(new Error('no'))));
  return yes.catch(async () => (await Promise.all(both)).includes(true));
}

function writeOnce(router: Router, { backend, entry, base, except }: StepInput<'shift'>): Promise<ShiftReport> {
  return router.shift({ backend, entry, base, except });
}

/** What a report means for all instances together. */
export function resultOf({ instances }: ShiftReport, { entry, except }: Pick<StepInput<'shift'>, 'entry' | 'except'>): ShiftResult {
  const counted = instances.filter(({ instance }) => !except.includes(instance));
  const pulled = counted.find((each) => each.ok && each.outcome === 'pulled');
  if (pulled) return { outcome: 'pulled', split: null, unreached: [], detail: `router instance ${pulled.instance}: ${detailOf(pulled)}` };
  const conflict = counted.find((each) => each.ok && each.outcome === 'conflict');
  if (conflict) return { outcome: 'conflict', split: null, unreached: [], detail: `router instance ${conflict.instance}: ${detailOf(conflict)}` };
  const away = counted.filter((each) => !each.ok);
  if (away.length > 0) {
    return { outcome: 'unreached', split: null, unreached: away.map(({ instance }) => instance), detail: away.map((each) => `router instance ${each.instance}: ${detailOf(each)}`).join('; ') };
  }
  return { outcome: 'done', split: splitOf(entry), unreached: [], detail: '' };
}

function detailOf(outcome: ShiftOutcome): string {
  return 'detail' in outcome ? outcome.detail : '';
}

async function finish(deps: ActivityDeps, router: Router, input: StepInput<'shift'>, result: ShiftResult, context: StepContext): Promise<ShiftResult> {
  const { entry } = input;
  const text = result.outcome === 'done' ? `${entry.stable} is stable, candidate at ${formatShare(entry.candidateShare)}` : `${result.outcome}: ${result.detail}`;
  context.emit(result.outcome === 'done' ? 'shifted' : 'shift-incomplete', text, { generation: entry.generation });
  // Not waited for: what the API shows must not hold up a rollback.
  void router.read(input.backend).then((reading) => showReadings(deps, input, answering(reading))).catch(() => undefined);
  return { ...result, persistence: diskOf(router, input.backend, input.except) };
}
