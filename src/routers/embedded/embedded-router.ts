import type * as z from 'zod';
import { Agent, request } from 'undici';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { encodeEntry, type Slot } from '../../domain/router/entry.js';
import type { PersistPolicy, Persistence } from '../../domain/router/persistence.js';
import type { FencedSlot, Router, RouterCapabilities, RouterServer } from '../router.js';
import type { RouterInstance } from '../router-instance.js';
import { routerOfInstances } from '../router-of-instances.js';
import type { InstanceSurvey, SurveyedEntry } from '../survey.js';
import { CountersAnswer, ErrorAnswer, PersistAnswer, ShiftAnswer, StateAnswer, StatesAnswer } from './admin-messages.js';

export interface EmbeddedRouterOptions {
  readonly name: string;
  /** The admin API, such as `http://127.0.0.1:8081`. */
  readonly url: string;
  readonly token: string;
  /** @default 2000 */
  readonly timeoutMs?: number;
  /** @default 'told' */
  readonly persistPolicy?: PersistPolicy;
}

const CAPABILITIES: RouterCapabilities = {
  fenced: true, atomicShift: true, percentStep: 1, sticky: true, headerOverride: true, persists: true, percentiles: true, lossless: true,
};

/** The embedded router, driven through its admin API. */
export function createEmbeddedRouter(options: EmbeddedRouterOptions): Router {
  const { name, persistPolicy = 'told' } = options;
  return routerOfInstances({ name, capabilities: CAPABILITIES, persistPolicy, instances: [createEmbeddedInstance(options)] });
}

type Send = (method: 'GET' | 'POST', path: string, body?: object) => Promise<unknown>;

function createEmbeddedInstance({ name, url, token, timeoutMs = 2_000 }: EmbeddedRouterOptions): RouterInstance {
  const dispatcher = new Agent({ connect: { timeout: Math.min(500, timeoutMs) } });
  const send: Send = async (method, path, body) => {
    const { statusCode, answer } = await exchange(method, path, body);
    if (statusCode === 200) return learnFrom(answer);
    throw refusal(answer, `The embedded router answered ${statusCode} to ${method} ${path}.`);
  };

  /** Its state is one file: whichever answer says how that is. */
  let known: Persistence = { persisted: 'unknown', detail: 'the embedded router has not been asked yet' };
  function learnFrom(answer: unknown): unknown {
    const says = PersistAnswer.safeParse(answer).data?.persistence;
    if (says && says.persisted !== 'unknown') known = says;
    return answer;
  }

  async function exchange(method: 'GET' | 'POST', path: string, body: object | undefined): Promise<{ statusCode: number; answer: unknown }> {
    try {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await request(`${url}/v1/${path}`, { method, headers, dispatcher, signal: AbortSignal.timeout(timeoutMs), ...sent });
      return { statusCode: response.statusCode, answer: await response.body.json() };
    } catch (error) {
      throw new SlipwayError('ROUTER_UNREACHABLE', `The embedded router does not answer at ${url}: ${messageOf(error)}.`, { cause: error });
    }
  }

  const serversOf = (servers: readonly RouterServer[]): object => ({ servers: servers.map(({ id, address }) => ({ id, address })) });
  const state = async (backend: string): Promise<z.infer<typeof StateAnswer>> => parse(StateAnswer, await send('GET', `backends/${backend}`));
  const post = async (backend: string, action: string, body: object): Promise<void> => void (await send('POST', `backends/${backend}/${action}`, body));
  const change = ({ backend, slot, fence }: FencedSlot, action: string, body: object = {}): Promise<void> => post(backend, `${action}/${slot}`, { fence, ...body });

  return {
    name,
    read: state,
    survey: async (backends) => surveyOf(parse(StatesAnswer, await send('GET', 'backends')).backends, backends),
    async shift({ backend, entry, base, clearOthers = false, despitePull = false }) {
      return parse(ShiftAnswer, await send('POST', `backends/${backend}/shift`, { entry: encodeEntry(entry), base, clearOthers, despitePull }));
    },
    pull: (backend, generation) => post(backend, 'pull', { generation }),
    counters: async (backend) => parse(CountersAnswer, await send('GET', `backends/${backend}/counters`)),
    inFlight: async (backend, slot: Slot) => (await state(backend)).slots[slot].inFlight,
    endRequests: (at) => change(at, 'end'),
    register: (at, servers) => change(at, 'register', serversOf(servers)),
    ready: (at, servers) => change(at, 'ready', serversOf(servers)),
    remove: (at, servers) => change(at, 'remove', servers ? serversOf(servers) : {}),
    persist: async () => parse(PersistAnswer, await send('POST', 'persist')).persistence,
    persistence: () => known,
    close: () => dispatcher.destroy(),
  };
}

function surveyOf(states: z.infer<typeof StatesAnswer>['backends'], backends: readonly string[]): InstanceSurvey {
  const entries = backends.flatMap((backend): [string, SurveyedEntry][] => {
    const state = states[backend];
    if (!state) return [];
    const { entry, hasEntry, tombstones, slots } = state;
    return [[backend, { ok: true, entry, hasEntry, tombstones, servers: { blue: slots.blue.servers, green: slots.green.servers } }]];
  });
  return { epoch: Object.values(states)[0]?.epoch ?? '', known: Object.keys(states), entries: Object.fromEntries(entries) };
}

function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  throw new SlipwayError('ROUTER_ENTRY_INVALID', `The embedded router answered something else than expected: ${messageOf(error)}`, { cause: error });
}

const TELLING = ['TARGET_OUTPUT_INVALID', 'ROUTER_ENTRY_UNKNOWN', 'SUPERSEDED'] as const;

/** What the router refused by a code that says more than that it did not answer keeps it. */
function refusal(answer: unknown, fallback: string): SlipwayError {
  const { success, data } = ErrorAnswer.safeParse(answer);
  if (!success) return new SlipwayError('ROUTER_UNREACHABLE', fallback);
  const code = TELLING.find((one) => one === data.code) ?? 'ROUTER_UNREACHABLE';
  return new SlipwayError(code, data.detail);
}
