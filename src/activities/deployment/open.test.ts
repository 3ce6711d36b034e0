import { describe, expect, it } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import { codeOf } from '../../domain/errors.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import type { PersistPolicy } from '../../domain/router/persistence.js';
import { createFakeNotifier } from '../../notifiers/fake-notifier.js';
import { createFakeProber } from '../../probes/fake-prober.js';
import { foundNow } from '../../routers/contract/scene.js';
import { createFakeRouter } from '../../routers/fake/fake-router.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { createFakeTarget } from '../../targets/fake-target.js';
import { systemClock } from '../watch/clock.js';
import { createFakeOwnership } from '../watch/fake-ownership.js';
import type { ActivityDeps } from './deps.js';
import { open } from './open.js';
import type { StepContext } from './recorded-step.js';

/** A router on which an earlier run has left a candidate with traffic. */
async function createScene(persistPolicy: PersistPolicy) {
  const { router, control } = createFakeRouter({ instances: ['a', 'b'], persistPolicy });
  const quiet = () => undefined;
  const deps: ActivityDeps = {
    router: () => router, target: () => createFakeTarget(), prober: createFakeProber(), ...createMemoryStores({}),
    notifier: () => createFakeNotifier(), clock: systemClock, ownership: createFakeOwnership(), logger: { info: quiet, warn: quiet, error: quiet },
  };
  const { signal } = new AbortController();
  const context: StepContext = { emit: quiet, report: quiet, stillOurs: async () => undefined, signal, holder: 'h', before: undefined, firstScheduledAtMs: 0 };
  const backend = 'shop-test';
  const input: Omit<StepInput<'open'>, 'status' | 'carried'> = {
    service: 'shop', environment: 'test', router: 'fake', backend, deployment: '01D', plan: aPlan(), repairGeneration: '01D.1',
  };
  await router.ready(await foundNow(router, backend, 'blue'), [{ id: 's-1', address: '127.0.0.1:9001' }]);
  const moving: RouterEntry = { stable: 'blue', phase: 'moving', generation: '01C.1', candidateShare: 1_000, baselineShare: 0, deployment: '01B' };
  await router.shift({ backend, entry: moving, base: 'none' });
  // The body of the step reads neither.
  const disks = async () => (await deps.observations.of('shop', 'test')).map(({ health }) => health.disk);
  return { control, backend, disks, begin: () => open(deps, input as StepInput<'open'>, context) };
}

describe('a deployment that begins', () => {
  it('changes nothing where a router that must persist cannot write', async () => {
    const { control, backend, begin, disks } = await createScene('required');
    control.failDisk('b', 'EACCES');
    expect(await begin().catch(codeOf)).toBe('ROUTER_NOT_PERSISTED');
    expect(control.entry(backend, 'b').generation).toBe('01C.1');
    expect(control.rotation(backend, 'blue', 'b')).toHaveLength(1);
    // Where a dry run finds it.
    expect(await disks()).toEqual([undefined, 'EACCES']);
  });

  it('goes on once the disk is mended', async () => {
    const { control, begin } = await createScene('required');
    control.failDisk('b', 'EACCES');
    await begin().catch(codeOf);
    control.failDisk('b', undefined);
    expect((await begin()).persistence).toEqual({ persisted: 'yes' });
  });

  it('goes on and says which instance cannot write, where that is only told', async () => {
    const { control, begin } = await createScene('told');
    control.failDisk('b', 'EACCES');
    expect(await begin()).toMatchObject({ candidate: 'green', persistence: { persisted: 'no', detail: 'router instance b: EACCES' } });
  });
});
