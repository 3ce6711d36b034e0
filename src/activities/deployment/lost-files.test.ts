import { beforeEach, describe, expect, it } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import type { StepInput, StepName } from '../../domain/deployment/steps.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import { createFakeNotifier } from '../../notifiers/fake-notifier.js';
import { createFakeProber, UNWELL } from '../../probes/fake-prober.js';
import { createFakeRouter } from '../../routers/fake/fake-router.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { createFakeTarget } from '../../targets/fake-target.js';
import { systemClock } from '../watch/clock.js';
import { createFakeOwnership } from '../watch/fake-ownership.js';
import { attend } from './attend.js';
import type { ActivityDeps } from './deps.js';
import { open } from './open.js';
import type { StepContext } from './recorded-step.js';
import { retire } from './retire.js';
import { shift } from './shift.js';

const BACKEND = 'shop-test';
const [FIRST, OWN] = ['01JA0000000000000000000000', '01JB0000000000000000000000'];
const SETTLED: RouterEntry = { stable: 'blue', phase: 'settled', generation: `${FIRST}.7`, candidateShare: 0, baselineShare: 0, deployment: FIRST };
const OPENED: RouterEntry = { ...SETTLED, generation: `${OWN}.1` };
const CANARY: RouterEntry = { ...OPENED, phase: 'moving', generation: `${OWN}.2`, candidateShare: 2_000 };
const BACK: RouterEntry = { ...OPENED, generation: `${OWN}.3` };
const CHANGED: RouterEntry = { ...OPENED, stable: 'green', deployment: OWN, generation: `${OWN}.3` };
const STABLE = [{ id: 's-1', address: '127.0.0.1:9001' }];
const CANDIDATE = [{ id: 'c-1', address: '127.0.0.1:9002' }];
const PLACE = { service: 'shop', environment: 'test', router: 'fake', backend: BACKEND, deployment: OWN, plan: aPlan(), except: [] as string[] };

type Body<K extends StepName> = Omit<StepInput<K>, 'status' | 'carried'>;
/** The bodies of the steps read neither status nor events. */
const given = <K extends StepName>(input: Body<K>): StepInput<K> => input as unknown as StepInput<K>;

describe('a router instance that restarted without its files', () => {
  let scene: Awaited<ReturnType<typeof canaryScene>>;
  beforeEach(async () => {
    scene = await canaryScene();
  });

  it.each(['servers', 'everything'] as const)('has stable again when the way back is done: %s', async (lost) => {
    scene.control.restartWithout('b', lost);
    const result = await scene.shiftBack();
    expect(result).toMatchObject({ outcome: 'done', split: { blue: 10_000, green: 0 } });
    expect(result.restored.join()).toContain('router instance b');
    expect(scene.control.send(BACKEND, { bucket: 1 }, 'b')).toBe('blue');
  });

  it('is shifted back before anything is asked about its servers', async () => {
    scene.control.restartWithout('b', 'servers');
    const before = scene.control.calls.length;
    await scene.shiftBack();
    const calls = scene.control.calls.slice(before).filter(({ instance }) => instance === 'b').map(({ call }) => call);
    // The first reading asks whether stable serves at all, and is not waited for.
    expect(calls.slice(0, 3)).toEqual(['read', 'shift', 'read']);
  });

  it('keeps the way back from its end while stable cannot be put there, by name', async () => {
    scene.control.restartWithout('b', 'servers');
    scene.prober.answerAll(UNWELL);
    expect(await scene.shiftBack()).toMatchObject({ outcome: 'unserved', unreached: ['b'], split: { blue: 10_000, green: 0 }, detail: expect.stringContaining('127.0.0.1:9001') });
    expect(scene.control.entry(BACKEND, 'b')).toEqual(BACK);
  });

  it('is not made to name a candidate as stable that does not serve there', async () => {
    scene.control.restartWithout('b', 'servers');
    scene.prober.answer('127.0.0.1:9002', UNWELL);
    expect(await scene.changeRoles()).toMatchObject({ outcome: 'unserved', unreached: ['b'] });
    expect(scene.control.entry(BACKEND, 'a')).toEqual(CHANGED);
    expect(scene.control.entry(BACKEND, 'b')).toEqual(CANARY);
  });

  it('has the candidate before it names it as stable', async () => {
    scene.control.restartWithout('b', 'servers');
    expect(await scene.changeRoles()).toMatchObject({ outcome: 'done' });
    expect(scene.control.send(BACKEND, { bucket: 9_999 }, 'b')).toBe('green');
  });

  it('has stable again when the next deployment begins, entry and servers', async () => {
    await scene.settle();
    scene.control.restartWithout('b', 'everything');
    const { repaired, stableInstances } = await scene.open();
    expect(repaired).toContain('router instance b');
    expect(stableInstances.map(({ address }) => address)).toEqual(['127.0.0.1:9001']);
    expect(scene.control.send(BACKEND, { bucket: 1 }, 'b')).toBe('blue');
  });

  it('gets none of the instances that another deployment left in the stable slot', async () => {
    await scene.settle();
    await scene.target.launch({ service: 'shop', environment: 'test', slot: 'blue', with: {}, deployment: '01J90000000000000000000000', version: 'v0', instances: 1 });
    scene.control.restartWithout('b', 'everything');
    expect((await scene.open()).stableInstances.map(({ address }) => address)).toEqual(['127.0.0.1:9001']);
    expect(scene.control.rotation(BACKEND, 'blue', 'b')).toEqual(['127.0.0.1:9001']);
  });

  it('keeps the next deployment from beginning while it cannot have stable', async () => {
    await scene.settle();
    scene.control.restartWithout('b', 'servers');
    scene.prober.answerAll(UNWELL);
    await expect(scene.open()).rejects.toMatchObject({ code: 'ROUTER_SLOT_EMPTY' });
  });

  it('does not keep a deployment from mending a stable that serves nowhere', async () => {
    await scene.settle();
    scene.control.server('127.0.0.1:9001', 'down');
    scene.prober.answerAll(UNWELL);
    expect(await scene.open()).toMatchObject({ candidate: 'green' });
  });

  it('has everything back before the other slot is stopped, when it restarts in the drain', async () => {
    await scene.shiftBack();
    scene.control.restartWithout('b', 'everything');
    expect(await scene.retire()).toMatchObject({ unserved: null });
    expect(scene.control.entry(BACKEND, 'b').generation).toBe(`${OWN}.4`);
    expect(scene.control.rotation(BACKEND, 'blue', 'b')).toEqual(['127.0.0.1:9001']);
    expect(scene.control.rotation(BACKEND, 'green', 'b')).toEqual([]);
  });

  it('keeps the other slot from being stopped while it cannot have what stays', async () => {
    await scene.shiftBack();
    scene.control.restartWithout('b', 'servers');
    scene.prober.answerAll(UNWELL);
    expect((await scene.retire()).unserved).toContain('router instance b');
    expect(scene.control.rotation(BACKEND, 'green', 'a')).toEqual(['127.0.0.1:9002']);
  });

  it('is named in needs-attention, may be dropped, and ends it when it has been', async () => {
    scene.control.restartWithout('b', 'servers');
    scene.prober.answerAll(UNWELL);
    const looked = await scene.attend('write');
    expect(looked).toMatchObject({ read: { unreachable: [], unserved: ['b'] }, shifted: { outcome: 'unserved' } });
    expect(await scene.attend('write', ['b'])).toMatchObject({ read: { unserved: [] }, shifted: { outcome: 'done' } });
  });

  it('does not keep a person from naming a slot that serves nowhere', async () => {
    scene.control.server('127.0.0.1:9001', 'down');
    scene.prober.answerAll(UNWELL);
    expect(await scene.attend('force')).toMatchObject({ shifted: { outcome: 'done' } });
  });

  it('that is away keeps even a person’s word from being the end, until it is dropped', async () => {
    scene.control.away('b');
    expect(await scene.attend('force')).toMatchObject({ read: { unreachable: ['b'] }, shifted: { outcome: 'unreached' } });
    expect(await scene.attend('force', ['b'])).toMatchObject({ shifted: { outcome: 'done' } });
  });
});

/** v1 in blue, v2 in green with 20 %, two router instances. */
async function canaryScene() {
  const { router, control } = createFakeRouter({ instances: ['a', 'b'] });
  const prober = createFakeProber();
  const target = createFakeTarget();
  const quiet = () => undefined;
  const deps: ActivityDeps = {
    router: () => router, target: () => target, prober, ...createMemoryStores({}), notifier: () => createFakeNotifier(), clock: systemClock,
    ownership: createFakeOwnership(), logger: { info: quiet, warn: quiet, error: quiet },
  };
  const context: StepContext = {
    emit: quiet, report: quiet, signal: new AbortController().signal, holder: 'h', before: undefined, firstScheduledAtMs: 0, stillOurs: async () => undefined,
  };
  const fence = { generation: CANARY.generation, base: OPENED.generation };
  await router.ready({ backend: BACKEND, slot: 'blue', fence }, STABLE);
  await router.ready({ backend: BACKEND, slot: 'green', fence }, CANDIDATE);
  await router.shift({ backend: BACKEND, entry: CANARY, base: 'none' });
  const base = OPENED.generation;
  return {
    control, prober, target,
    shiftBack: () => shift(deps, given<'shift'>({ ...PLACE, entry: BACK, base, pull: [], timeoutMs: 0, direction: 'back', serving: { instances: STABLE, plan: PLACE.plan } }), context),
    changeRoles: () => shift(deps, given<'shift'>({
      ...PLACE, entry: CHANGED, base, pull: [], timeoutMs: 0, direction: 'roles-change', serving: { instances: CANDIDATE, plan: PLACE.plan },
    }), context),
    settle: async () => void (await router.shift({ backend: BACKEND, entry: SETTLED, base: CANARY.generation })),
    open: () => open(deps, given<'open'>({ ...PLACE, repairGeneration: `${OWN}.1` }), context),
    retire: () => retire(deps, given<'retire'>({
      ...PLACE, entry: { ...BACK, generation: `${OWN}.4` }, base, slot: 'green', instances: CANDIDATE, role: 'candidate', serving: STABLE,
    }), context),
    attend: (mode: StepInput<'attend'>['mode'], except: readonly string[] = []) => attend(deps, given<'attend'>({
      ...PLACE, except, entry: BACK, base, mode, stableSlot: 'blue', stableInstances: STABLE, candidateInstances: CANDIDATE,
    }), context),
  };
}
