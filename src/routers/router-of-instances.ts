import { messageOf, isSlipwayError, SlipwayError } from '../domain/errors.js';
import type { PersistPolicy } from '../domain/router/persistence.js';
import { countSince } from './count-since.js';
import { drainInstances } from './drain-instances.js';
import { ensureServers } from './ensure-servers.js';
import type { RouterInstance } from './router-instance.js';
import type { CounterMarks, Observation, Router, RouterCapabilities, Unreachable } from './router.js';

export interface RouterParts {
  readonly name: string;
  readonly capabilities: RouterCapabilities;
  /** @default 'told' */
  readonly persistPolicy?: PersistPolicy;
  readonly instances: readonly RouterInstance[];
  /** By name. @default none */
  readonly maintenance?: readonly string[];
}

/** A router made of its instances: each is served at the same time, and none that is away stops another. */
export function routerOfInstances({ name, capabilities, persistPolicy = 'told', instances: all, maintenance = [] }: RouterParts): Router {
  const instances = all.filter((one) => !maintenance.includes(one.name));
  return {
    name,
    capabilities,
    maintenance,
    persistPolicy,
    read: async (backend) => ({ instances: await onEach(instances, (one) => one.read(backend)) }),
    survey: async (backends) => ({ instances: await onEach(instances, (one) => one.survey(backends)) }),
    shift: async (request) => ({ instances: await onEach(meantBy(request, instances), (one) => one.shift(request)) }),
    ensure: async (request) => ({ instances: await onEach(meantBy(request, instances), (one) => ensureServers(one, request)) }),
    pull: async (backend, generation, onPulled) => ({
      instances: await onEach(instances, async (one) => {
        await one.pull(backend, generation);
        onPulled?.(one.name);
        return {};
      }),
    }),
    observe: (backend, marks) => observe(instances, backend, marks),
    drain: (at, options) => drainInstances(instances, at, options),
    register: (at, servers) => onAll(name, instances, (one) => one.register(at, servers)),
    ready: (at, servers) => onAll(name, instances, (one) => one.ready(at, servers)),
    remove: (at, servers) => onAll(name, instances, (one) => one.remove(at, servers)),
    persist: async (backend) => ({ instances: await onEach(instances, async (one) => ({ persistence: await one.persist(backend) })) }),
    persistence: (backend) => instances.map((one) => ({ instance: one.name, persistence: one.persistence(backend) })),
    async close() {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}

function meantBy({ only, except = [] }: { readonly only?: readonly string[]; readonly except?: readonly string[] }, instances: readonly RouterInstance[]): readonly RouterInstance[] {
  return instances.filter(({ name }) => (only?.includes(name) ?? true) && !except.includes(name));
}

type Answered<T> = { readonly instance: string; readonly ok: true } & T;

function onEach<T extends object>(
  instances: readonly RouterInstance[], ask: (instance: RouterInstance) => Promise<T>,
): Promise<readonly (Answered<T> | Unreachable)[]> {
  return Promise.all(instances.map(async (one): Promise<Answered<T> | Unreachable> => {
    try {
      return { ...(await ask(one)), instance: one.name, ok: true };
    } catch (error) {
      return unreachable(one.name, error);
    }
  }));
}

/** What an instance is told by that is there: asking again changes nothing. */
const LASTING = ['ROUTER_ENTRY_UNKNOWN', 'ROUTER_ENTRY_INVALID', 'ROUTER_SLOT_FULL', 'SUPERSEDED'] as const;

function unreachable(instance: string, error: unknown): Unreachable {
  const code = LASTING.find((each) => isSlipwayError(error) && error.code === each) ?? 'ROUTER_UNREACHABLE';
  return { instance, ok: false, code, detail: messageOf(error) };
}

async function observe(instances: readonly RouterInstance[], backend: string, marks: CounterMarks = {}): Promise<Observation> {
  const next: Record<string, string> = { ...marks };
  const counted = await onEach(instances, async (one) => {
    const { slots, mark, restarted } = countSince(await one.counters(backend), marks[one.name]);
    next[one.name] = mark;
    return { slots, restarted };
  });
  return { instances: counted, marks: next };
}

/** Serves all that can be served, then throws what kept the others from it. */
async function onAll(router: string, instances: readonly RouterInstance[], act: (instance: RouterInstance) => Promise<void>): Promise<void> {
  const ends = await Promise.allSettled(instances.map(act));
  const failures = ends.flatMap((end, index) => (end.status === 'rejected' ? [{ instance: instances[index]?.name ?? '', reason: end.reason as unknown }] : []));
  const first = failures[0];
  if (!first) return;
  const lasting = failures.find(({ reason }) => isSlipwayError(reason) && reason.code !== 'ROUTER_UNREACHABLE') ?? first;
  const code = isSlipwayError(lasting.reason) ? lasting.reason.code : 'ROUTER_UNREACHABLE';
  const told = failures.map(({ instance, reason }) => `${instance}: ${messageOf(reason)}`).join(' ');
  throw new SlipwayError(code, `Router ${router}, instance ${told}`, { cause: lasting.reason });
}
