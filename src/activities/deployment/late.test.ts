import { beforeEach, describe, expect, it } from '@jest/globals';
import { parkedTarget } from '../../../test/support/parked-target.js';
import { aPlan, aRelease } from '../../../test/support/plans.js';
import { SlipwayError } from '../../domain/errors.js';
import type { OpenResult, StepInput, StepName } from '../../domain/deployment/steps.js';
import { otherSlot, type RouterEntry } from '../../domain/router/entry.js';
import { generationOf } from '../../domain/router/generation.js';
import { createFakeNotifier } from '../../notifiers/fake-notifier.js';
import { createFakeProber } from '../../probes/fake-prober.js';
import { foundNow } from '../../routers/contract/scene.js';
import type { FakeCallName } from '../../routers/fake/fake-instance.js';
import { createFakeRouter } from '../../routers/fake/fake-router.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import { createFakeTarget } from '../../targets/fake-target.js';
import { systemClock } from '../watch/clock.js';
import { createFakeOwnership } from '../watch/fake-ownership.js';
import { attend } from './attend.js';
import type { ActivityDeps } from './deps.js';
import { launch } from './launch.js';
import { open } from './open.js';
import type { StepContext } from './recorded-step.js';
import { retire } from './retire.js';
import { shift } from './shift.js';

const BACKEND = 'shop-test';
const PLACE = { service: 'shop', environment: 'test', router: 'fake', backend: BACKEND };
const SLOT = { service: 'shop', environment: 'test', with: {} };
const QUICK = { drain: { timeoutMs: 50 } };
const PLAN = aPlan({ candidate: { ...aRelease('v2'), ...QUICK }, stable: { ...aRelease('v1'), ...QUICK } });
const [FIRST, OLD, NEXT] = ['01JA0000000000000000000000', '01JB0000000000000000000000', '01JC0000000000000000000000'];

type Body<K extends StepName> = Omit<StepInput<K>, 'status' | 'carried'>;
/** The bodies of the steps read neither status nor events. */
const given = <K extends StepName>(input: Body<K>): StepInput<K> => input as unknown as StepInput<K>;

/** A worker is stopped in an activity of an old deployment, the next one gets to 50 %, the worker goes on. */
describe('an activity that was stopped until the next deployment had half of the traffic', () => {
  let scene: Awaited<ReturnType<typeof settledScene>>;
  beforeEach(async () => {
    scene = await settledScene();
  });

  /** What the step was about to call when it stood still; all that it does after it, it does late. */
  const STOPPED: readonly (readonly [step: 'open' | 'launch' | 'retire' | 'shift' | 'shift back' | 'attend', before: FakeCallName | `target ${'launch' | 'status' | 'retire'}`])[] = [
    ['open', 'read'], ['open', 'shift'], ['open', 'inFlight'], ['open', 'remove'], ['open', 'target status'], ['open', 'target retire'],
    ['launch', 'shift'], ['launch', 'read'], ['launch', 'target launch'], ['launch', 'register'], ['launch', 'ready'],
    ['retire', 'read'], ['retire', 'shift'], ['retire', 'inFlight'], ['retire', 'remove'], ['retire', 'target status'], ['retire', 'target retire'],
    ['shift', 'shift'], ['shift back', 'shift'], ['attend', 'read'], ['attend', 'shift'],
  ];

  it.each(STOPPED)('%s, before %s: changes nothing of it', async (step, before) => {
    const old = await scene.deployment(OLD);
    const late = await stoppedAt(step, before, old);
    const next = await scene.deployment(NEXT);
    scene.lost.add(OLD);
    await next.open();
    await next.launch();
    await next.shiftTo(5_000);
    scene.control.inFlight(BACKEND, 'green', 3);
    const live = await scene.look();
    late.release();
    await late.ended;
    expect(await scene.look()).toEqual(live);
    scene.control.inFlight(BACKEND, 'green', 0);
    await next.finish();
    expect(await scene.look()).toMatchObject({ entries: [{ stable: 'green', phase: 'settled' }, { stable: 'green', phase: 'settled' }], running: { blue: [], green: [NEXT, NEXT] } });
  });

  async function stoppedAt(
    step: (typeof STOPPED)[number][0], before: (typeof STOPPED)[number][1], old: Awaited<ReturnType<typeof scene.deployment>>,
  ): Promise<{ readonly ended: Promise<unknown>; release(): void }> {
    if (step !== 'open') await old.open();
    if (step !== 'open' && step !== 'launch') await old.launch();
    const [target, call] = before.split(' ');
    const held = target === 'target' && (call === 'launch' || call === 'status' || call === 'retire') ? scene.parkNext(call) : scene.control.holdNext(before as FakeCallName); // the table has no other
    const work = { open: old.open, launch: old.launch, retire: old.retire, shift: () => old.shift(2_500), 'shift back': old.back, attend: old.force }[step];
    // Whatever comes of it, nobody hears it any more.
    const ended = work().catch((error: unknown) => error);
    await held.arrived;
    return { ended, release: held.release };
  }
});

describe('an earlier attempt of a step that was carried out since', () => {
  it.each(['register', 'ready'] as const)('launches nothing into a slot that was cleared: stopped before %s', async (call) => {
    const scene = await settledScene();
    const old = await scene.deployment(OLD);
    await old.open();
    const held = scene.control.holdNext(call);
    const late = old.launch();
    await held.arrived;
    await old.retire();
    held.release();
    await expect(late).rejects.toMatchObject({ code: 'SUPERSEDED' });
    expect((await scene.look()).servers[0]?.green).toEqual([]);
  });

  it('stops nothing of its own deployment where that serves since', async () => {
    const scene = await settledScene();
    const old = await scene.deployment(OLD);
    await old.open();
    const held = scene.parkNext('launch');
    const late = old.launch();
    await held.arrived;
    await old.launch();
    await old.shiftTo(10_000);
    await old.finish();
    const live = await scene.look();
    await (await scene.deployment(NEXT)).open();
    held.release();
    await expect(late).rejects.toMatchObject({ code: 'SUPERSEDED' });
    expect(await scene.look()).toMatchObject({ servers: live.servers, running: live.running });
  });

  it('clears nothing that was launched since', async () => {
    const scene = await settledScene();
    const old = await scene.deployment(OLD);
    const held = scene.control.holdNext('remove');
    const late = old.open();
    await held.arrived;
    await old.open();
    await old.launch();
    held.release();
    await expect(late).rejects.toMatchObject({ code: 'SUPERSEDED' });
    expect(await scene.look()).toMatchObject({ running: { green: [OLD, OLD] }, servers: [{ green: [expect.anything(), expect.anything()] }, { green: [expect.anything(), expect.anything()] }] });
  });
});

/** v1 serves from blue, two router instances, nothing else is there. */
async function settledScene() {
  const { router, control } = createFakeRouter({ instances: ['a', 'b'] });
  const { target, parkNext } = parkedTarget(createFakeTarget());
  const stores = createMemoryStores({});
  const quiet = () => undefined;
  const lost = new Set<string>();
  const deps: ActivityDeps = {
    router: () => router, target: () => target, prober: createFakeProber(), ...stores, notifier: () => createFakeNotifier(), clock: systemClock,
    ownership: createFakeOwnership(), logger: { info: quiet, warn: quiet, error: quiet },
  };
  const instances = await target.launch({ ...SLOT, slot: 'blue', deployment: FIRST, version: 'v1', instances: 2 });
  const at = await foundNow(router, BACKEND, 'blue');
  await router.ready(at, instances);
  const settled: RouterEntry = { stable: 'blue', phase: 'settled', generation: generationOf(FIRST, 7), candidateShare: 0, baselineShare: 0, deployment: FIRST };
  await router.shift({ backend: BACKEND, entry: settled, base: 'none' });

  async function deployment(id: string) {
    let n = 0;
    let opened: OpenResult | undefined;
    const generation = (): string => generationOf(id, (n += 1));
    const context: StepContext = {
      emit: quiet, report: quiet, signal: new AbortController().signal, holder: id, before: undefined, firstScheduledAtMs: Date.now(),
      async stillOurs() {
        if (lost.has(id)) throw new SlipwayError('SUPERSEDED');
      },
    };
    const place = { ...PLACE, deployment: id, plan: PLAN };
    const found = (): OpenResult => {
      if (!opened) throw new Error('open comes first');
      return opened;
    };
    const entry = (share: number): RouterEntry => ({ ...found().entry, candidateShare: share, phase: share > 0 ? 'moving' : 'settled', generation: generation() });
    const base = (): string => found().entry.generation;
    const toShift = (wanted: RouterEntry, more: Pick<Body<'shift'>, 'direction' | 'serving'>): StepInput<'shift'> => given<'shift'>({ ...place, entry: wanted, base: base(), except: [], pull: [], timeoutMs: 0, ...more });
    const forth = { direction: 'roles-change', serving: null } as const;
    const steps = {
      async open() {
        n = 0;
        opened = await open(deps, given<'open'>({ ...place, repairGeneration: generation() }), context);
      },
      launch: () => launch(deps, given<'launch'>({ ...place, slot: found().candidate, entry: entry(0), base: base() }), context),
      shift: (share: number) => shift(deps, toShift(entry(share), forth), context),
      back: () => shift(deps, toShift(entry(0), { direction: 'back', serving: { plan: PLAN, instances: found().stableInstances } }), context),
      retire: () => retire(deps, given<'retire'>({ ...place, slot: found().candidate, entry: entry(0), base: base(), instances: [], except: [], role: 'candidate', serving: found().stableInstances }), context),
      force: () => attend(deps, given<'attend'>({
        ...place, entry: entry(0), base: base(), except: [], stableInstances: found().stableInstances, candidateInstances: [], stableSlot: 'blue', mode: 'force',
      }), context),
      async shiftTo(share: number) {
        expect(await steps.shift(share)).toMatchObject({ outcome: 'done' });
      },
      async finish() {
        const changed: RouterEntry = { ...found().entry, stable: found().candidate, phase: 'settled', deployment: id, candidateShare: 0, generation: generation() };
        expect(await shift(deps, toShift(changed, forth), context)).toMatchObject({ outcome: 'done' });
        await retire(deps, given<'retire'>({ ...place, slot: otherSlot(found().candidate), entry: { ...changed, generation: generation() }, base: base(), instances: [], except: [], role: 'stable', serving: [] }), context);
      },
    };
    return steps;
  }

  async function look() {
    const { instances: read } = await router.read(BACKEND);
    const running = async (slot: 'blue' | 'green'): Promise<string[]> => (await target.status({ ...SLOT, slot })).map((one) => (one.state === 'running' ? one.deployment : one.state));
    return {
      entries: read.map((one) => (one.ok ? one.entry : one.detail)),
      tombstones: read.map((one) => (one.ok ? one.tombstones : one.detail)),
      servers: read.map((one) => (one.ok ? { blue: one.slots.blue.servers, green: one.slots.green.servers } : { blue: [], green: [] })),
      inFlight: read.map((one) => (one.ok ? one.slots.green.inFlight : one.detail)),
      running: { blue: await running('blue'), green: await running('green') },
    };
  }

  return { router, control, parkNext, lost, deployment, look };
}
