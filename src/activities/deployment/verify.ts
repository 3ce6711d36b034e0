import { SlipwayError } from '../../domain/errors.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { probeAll, probedSlot } from './slot-health.js';

const TRIES = 3;
const BETWEEN_MS = 500;

/** Before the first request: each instance passes each of its health and verify checks, asked directly. @throws VERIFY_FAILED */
export async function verify(deps: ActivityDeps, input: StepInput<'verify'>, context: StepContext): Promise<object> {
  const { plan, instances } = input;
  const checks = { ...plan.candidate.health, ...plan.verify };
  const slot = { ...probedSlot(input, input.slot, plan.candidate, instances), health: checks };
  for (let attempt = 1; ; attempt += 1) {
    const failed = (await probeAll(deps, slot, context.signal)).filter(({ ok }) => !ok);
    if (failed.length === 0) break;
    const detail = failed.map(({ instance, detail: why }) => `${instance.id}: ${why}`).join('; ');
    if (attempt === TRIES) throw new SlipwayError('VERIFY_FAILED', `${detail} (asked ${TRIES} times)`);
    await deps.clock.sleep(BETWEEN_MS, context.signal);
    context.signal.throwIfAborted();
  }
  context.emit('verified', `${instances.length} instances passed ${Object.keys(checks).length} checks`);
  return {};
}
