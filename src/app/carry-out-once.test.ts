import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aBackup, ADDRESS, putOwner } from '../../test/api/backup-support.js';
import { startTestApi, type TestApi } from '../../test/api/support.js';
import type { IdempotencyClaim } from '../store/stores.js';
import { createMemoryStores } from '../store/memory/memory-stores.js';
import { Afterwards } from './afterwards.js';
import { holdBackup } from './backup/hold-backup.js';
import { requestBackup } from './backup/request-backup.js';
import { requestDrill } from './backup/request-drill.js';
import { requestRestore } from './backup/request-restore.js';
import { runRetention } from './backup/run-retention.js';
import { verifyBackup } from './backup/verify-backup.js';
import { requestDeployment } from './deployment/request-deployment.js';
import { undoDeployment } from './deployment/undo-deployment.js';
import type { AppDeps } from './deps.js';

const BY = { name: 'ada', roles: [] };
const CLAIM: IdempotencyClaim = { key: 'k', actor: 'ada', route: 'POST /x', bodyHash: 'a' };
const DEPLOY = { service: 'checkout', environment: 'production', version: 'v2' };

let api: TestApi;
/** Moves the clock of the stores on. */
let aged: number;
beforeEach(async () => {
  aged = 0;
  api = await startTestApi({ stores: createMemoryStores({ now: () => Date.now() + aged }) });
  await putOwner(api);
});
afterEach(() => api.close());

interface Ticket { readonly id: string }
type Ask = (deps: AppDeps) => Promise<Ticket>;

/** What starts a run with a row of its own. `arrange` makes what it needs. */
const STARTS: readonly [string, (api: TestApi) => Promise<Ask>][] = [
  ['a deployment', async () => (deps) => requestDeployment(deps)(DEPLOY, BY, CLAIM)],
  ['an undo', async (on) => {
    for (const version of ['v1', 'v2']) await on.succeed(await on.deploy(version));
    const [newest] = (await on.stores.deployments.list({}, { limit: 1 })).items;
    return (deps) => undoDeployment(deps)({ deployment: newest?.id ?? '' }, BY, CLAIM);
  }],
  ['a backup', async () => (deps) => requestBackup(deps)(ADDRESS, BY, CLAIM)],
  ['a drill', async (on) => {
    await aBackup(on);
    return (deps) => requestDrill(deps)(ADDRESS, BY, CLAIM);
  }],
  ['a trial of a restore', async (on) => {
    await aBackup(on);
    return (deps) => requestRestore(deps)(ADDRESS, BY, CLAIM);
  }],
  ['a restore', async (on) => {
    await aBackup(on);
    return (deps) => requestRestore(deps)({ ...ADDRESS, swap: true }, BY, CLAIM);
  }],
];

describe.each(STARTS)('%s whose process died', (_, arrange) => {
  it('at whatever point, is the same one by its key after half a minute, and from then on answered at once', async () => {
    const ask = await arrange(api);
    const points = await callsOf(ask);
    expect(points).toBeGreaterThanOrEqual(3);
    for (let point = 1; point <= points; point += 1) {
      for (const effect of ['before', 'after'] as const) {
        await again(arrange, async (askAgain) => {
          const before = await rows();
          const killed = mortal(api.app, { at: point, effect });
          await expect(askAgain(killed)).rejects.toThrow('killed');
          await killed.afterwards.settled();
          aged += 31_000;
          const second = await askAgain(living());
          await api.app.afterwards.settled();
          expect(await keptAnswer()).toEqual(second);
          expect(await askAgain(living())).toEqual(second);
          expect(await rows()).toBe(before + 1);
        });
      }
    }
  }, 60_000);

  it('after it had answered, and before the answer was kept, is answered again at once, and then it is kept', async () => {
    const ask = await arrange(api);
    const first = await ask(forgetful());
    if (first.id && (await api.stores.restores.get(first.id))?.plan.dryRun === false) api.backupRuns.advanceRestore(first.id, { milestones: { held: 'now' } });
    expect((await api.stores.idempotency.begin(CLAIM)).state).toBe('in-flight');
    const second = await ask(hasty());
    expect(second.id).toBe(first.id);
    await api.app.afterwards.settled();
    expect(await keptAnswer()).toEqual(second);
    expect(await ask(living())).toEqual(second);
  });
});

const ANSWERS: readonly [string, (api: TestApi) => Promise<Ask>][] = [
  ['reading back', async (on) => {
    const id = await aBackup(on);
    return (deps) => verifyBackup(deps)(id, CLAIM);
  }],
  ['a legal hold', async (on) => {
    const id = await aBackup(on);
    return (deps) => holdBackup(deps)(id, 'case 7', BY, CLAIM);
  }],
  ['retention', async () => async (deps) => ({ id: (await runRetention(deps)(ADDRESS, BY, CLAIM)).source })],
];

describe.each(ANSWERS)('%s, which has no row of its own', (_, arrange) => {
  it('is answered when its answer is kept, so that no process can die in between', async () => {
    const ask = await arrange(api);
    const first = await ask(forgetful());
    expect(await keptAnswer()).toBeDefined();
    expect(await ask(living())).toEqual(first);
  });

  it('whose process died at whatever point, is carried out by its key after half a minute, and then answered at once', async () => {
    const points = await callsOf(await arrange(api));
    for (let point = 1; point <= points; point += 1) {
      await again(arrange, async (ask) => {
        const killed = mortal(api.app, { at: point, effect: 'after' });
        await ask(killed).catch(() => undefined);
        aged += 31_000;
        const second = await ask(living());
        expect(await keptAnswer()).toBeDefined();
        expect(await ask(living())).toEqual(second);
      });
    }
  }, 60_000);
});

it('a request whose twin is still at work, and of which nothing runs yet, is refused for the time being and takes nothing from it', async () => {
  await expect(requestBackup(mortal(api.app, { at: await requestCall(), effect: 'after' }))(ADDRESS, BY, CLAIM)).rejects.toThrow('killed');
  await expect(requestBackup(hasty())(ADDRESS, BY, CLAIM)).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_FLIGHT' });
  expect((await api.stores.idempotency.begin(CLAIM)).state).toBe('in-flight');
});

/** A process that dies as soon as it has answered. */
function forgetful(): AppDeps {
  return { ...api.app, afterwards: new NeverAfterwards(api.app.log) };
}

class NeverAfterwards extends Afterwards {
  override run(): void {}
}

/** How much was ever requested. */
async function rows(): Promise<number> {
  const { deployments, backups, restores, drills } = api.stores;
  const page = { limit: 100 };
  const lists = await Promise.all([deployments.list({}, page), backups.list({}, page), restores.list({}, page), drills.list({}, page)]);
  return lists.flatMap(({ items }) => [...items]).length;
}

/** A process that is not killed. */
function living(): AppDeps {
  return api.app;
}

/** One for whom the time that it waits for its twin is soon over. */
function hasty(): AppDeps {
  let now = Date.now();
  return { ...api.app, now: () => (now += 1_500) };
}

async function keptAnswer(): Promise<unknown> {
  const state = await api.stores.idempotency.begin(CLAIM);
  return state.state === 'known' ? state.answer?.body : undefined;
}

/** The same from the beginning: in an installation of its own. */
async function again(arrange: (on: TestApi) => Promise<Ask>, work: (ask: Ask) => Promise<void>): Promise<void> {
  await api.close();
  api = await startTestApi({ stores: createMemoryStores({ now: () => Date.now() + aged }) });
  await putOwner(api);
  await work(await arrange(api));
}

/** How often a process that lives calls the database or Temporal before it answers. */
async function callsOf(ask: Ask): Promise<number> {
  const counting = mortal(api.app, { at: Number.POSITIVE_INFINITY, effect: 'after' });
  await ask(counting);
  return counting.calls();
}

/** Which of the calls writes the row. */
async function requestCall(): Promise<number> {
  let at = 0;
  const counting = mortal(api.app, { at: Number.POSITIVE_INFINITY, effect: 'after' }, (name, call) => {
    if (name === 'request') at = call;
  });
  await requestBackup(counting)(ADDRESS, BY, { ...CLAIM, key: 'counted' });
  for (const { id } of (await api.stores.backups.list({}, { limit: 1 })).items) api.backupRuns.complete('backup', id);
  return at;
}

interface Death { readonly at: number; readonly effect: 'before' | 'after' }

/** A process that dies at one of its calls, before or after that took effect: nothing it does from then on reaches anybody. */
function mortal(app: AppDeps, { at, effect }: Death, seen: (name: string, call: number) => void = () => undefined): AppDeps & { calls(): number } {
  let calls = 0;
  const dying = <T extends object>(inner: T): T => new Proxy(inner, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...given: readonly unknown[]): Promise<unknown> => {
        calls += 1;
        seen(String(name), calls);
        const call = calls;
        if (call > at || (call === at && effect === 'before')) throw new Error('killed');
        const answer: unknown = await Reflect.apply(member, target, given);
        if (call === at) throw new Error('killed');
        return answer;
      };
    },
  });
  const { stores } = app;
  return {
    ...app, runs: dying(app.runs), backupRuns: dying(app.backupRuns), afterwards: new Afterwards(app.log),
    stores: {
      ...stores, services: dying(stores.services), deployments: dying(stores.deployments), idempotency: dying(stores.idempotency), backups: dying(stores.backups),
      restores: dying(stores.restores), drills: dying(stores.drills), audit: dying(stores.audit),
    },
    calls: () => calls,
  };
}
