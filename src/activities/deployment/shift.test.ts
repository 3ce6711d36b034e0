import { describe, expect, it } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import { createFakeNotifier } from '../../notifiers/fake-notifier.js';
import { createFakeProber, UNWELL } from '../../probes/fake-prober.js';
import { createFakeRouter } from '../../routers/fake/fake-router.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { createFakeTarget } from '../../targets/fake-target.js';
import { systemClock } from '../watch/clock.js';
import { createFakeOwnership } from '../watch/fake-ownership.js';
import type { ActivityDeps } from './deps.js';
import type { StepContext } from './recorded-step.js';
import { shift } from './shift.js';

const BACKEND = 'shop-test';
const BACK: RouterEntry = { stable: 'blue', phase: 'settled', generation: '01D.2', candidateShare: 0, baselineShare: 0, deployment: '01C' };
const CANARY: RouterEntry = { ...BACK, phase: 'moving', generation: '01D.1', candidateShare: 1_000 };

async function createScene(timeoutMs = 0) {
  const { router, control } = createFakeRouter({ instances: ['hangs', 'a'] });
  const prober = createFakeProber();
  const stores = createMemoryStores({});
  const quiet = () => undefined;
  const deps: ActivityDeps = {
    router: () => router, target: () => createFakeTarget(), prober, ...stores, notifier: () => createFakeNotifier(), clock: systemClock,
    ownership: createFakeOwnership(),    logger: { info: quiet, warn: quiet, error: quiet },
  };
  const context: StepContext = { emit: quiet, report: quiet, stillOurs: async () => undefined, signal: new AbortController().signal, holder: 'h', before: undefined, firstScheduledAtMs: 0 };
  const plan = aPlan();
  const input: Omit<StepInput<'shift'>, 'status' | 'carried'> = {
    service: 'shop', environment: 'test', router: 'fake', backend: BACKEND, deployment: '01D', entry: BACK, base: '01C.9', except: [], pull: ['01D.1'], timeoutMs,
    direction: 'back', serving: { instances: [{ id: 's-1', address: '127.0.0.1:9001' }], plan },
  };
  await router.shift({ backend: BACKEND, entry: CANARY, base: 'none' });
  // The body of the step reads neither.
  return { router, control, prober, back: () => shift(deps, input as StepInput<'shift'>, context) };
}

describe('the way back', () => {
  it('does not wait for a router instance that hangs while stable answers us', async () => {
    const { control, back } = await createScene();
    const hanging = control.holdNext('read');
    expect((await back()).outcome).toBe('done');
    hanging.release();
  });

  it('is taken on the word of the router alone', async () => {
    const { router, prober, back } = await createScene();
    await router.ready({ backend: BACKEND, slot: 'blue', fence: { generation: '01D.1', base: '01C.9' } }, [{ id: 's-1', address: '127.0.0.1:9001' }]);
    prober.answerAll(UNWELL);
    expect((await back()).outcome).toBe('done');
  });

  it('is not done, and not tried again, where an instance does not know the environment', async () => {
    const { control, back } = await createScene(60_000);
    control.unknown(BACKEND, 'hangs');
    expect(await back()).toMatchObject({ outcome: 'unreached', unreached: ['hangs'] });
    expect(control.entry(BACKEND, 'a')).toEqual(BACK);
    expect(control.calls.filter(({ call, instance }) => call === 'shift' && instance === 'a')).toHaveLength(2);
  });

  it('is not taken while neither the router nor a probe finds stable well', async () => {
    const { control, prober, back } = await createScene();
    prober.answerAll(UNWELL);
    expect((await back()).outcome).toBe('stable-down');
    expect(control.entry(BACKEND).generation).toBe('01D.1');
  });
});
