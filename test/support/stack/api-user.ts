import { z } from 'zod';
import type { ControlKind } from '../../../src/domain/deployment/control-message.js';
import { hasEnded, PHASES } from '../../../src/domain/deployment/status.js';
import { until } from '../until.js';

/** What the tests read of a deployment. */
const deploymentAnswer = z.object({
  id: z.string(),
  phase: z.enum(PHASES),
  source: z.enum(['run', 'record']),
  paused: z.boolean(),
  waitsFor: z.string().nullable(),
  step: z.number(),
  gates: z.array(z.object({ address: z.string() })),
  split: z.object({ blue: z.number(), green: z.number() }).nullable(),
  cause: z.object({ code: z.string(), text: z.string() }).nullable(),
  notes: z.array(z.string()),
  milestones: z.record(z.string(), z.string()),
  breachToZeroMs: z.number().nullable(),
  protection: z.object({ backups: z.array(z.object({ backup: z.string() })), migrations: z.record(z.string(), z.string()) }).optional(),
  followUps: z.array(z.object({ kind: z.string() })).optional(),
});

export type DeploymentAnswer = z.output<typeof deploymentAnswer>;

const eventsAnswer = z.object({ items: z.array(z.object({ kind: z.string(), at: z.string() })) });
const environmentAnswer = z.object({ stable: z.object({ version: z.string() }).nullable() });

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Somebody with a key and an HTTP client. */
export interface ApiUser {
  /** Any request below `/api/v1`, with whatever comes of it. */
  ask(method: string, path: string, body?: object): Promise<Answer>;
  put(service: string, definition: object): Promise<void>;
  /** Waits for the lock where the deployment before has just ended. @returns the id of the deployment */
  deploy(request: { readonly service: string; readonly environment: string; readonly version: string; readonly strategy?: string }): Promise<string>;
  deployment(id: string): Promise<DeploymentAnswer>;
  /** Waits for a state, with a deadline. What is not answered counts as not yet. */
  when(id: string, condition: (deployment: DeploymentAnswer) => boolean, withinMs?: number): Promise<DeploymentAnswer>;
  /** Waits until its end is on record. */
  ended(id: string, withinMs?: number): Promise<DeploymentAnswer>;
  control(id: string, kind: ControlKind, body?: object): Promise<Answer>;
  /** The kinds of what happened, in the order of the record. */
  eventKinds(id: string): Promise<readonly string[]>;
  stableVersion(service: string, environment: string): Promise<string | null>;
}

/** Each look asks the run itself. */
const LOOK_EVERY_MS = 100;

export function createApiUser(url: string, key: string): ApiUser {
  async function ask(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${url}/api/v1${path}`, {
      method, signal: AbortSignal.timeout(20_000), headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  }
  async function well(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await ask(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
  const user: ApiUser = {
    ask,
    put: async (service, definition) => void (await well('PUT', `/services/${service}`, definition)),
    deploy: async (request) => {
      let answer: Answer | undefined;
      // The deployment before shows its end a moment before its run closes and frees the lock.
      await until(async () => (answer = await ask('POST', '/deployments', request)).status !== 409);
      if (answer?.status === 202) return z.object({ id: z.string() }).parse(answer.body).id;
      throw new Error(`POST /deployments: ${JSON.stringify(answer)}`);
    },
    deployment: async (id) => deploymentAnswer.parse(await well('GET', `/deployments/${id}`)),
    when: async (id, condition, withinMs = 30_000) => {
      let last: unknown;
      const look = async (): Promise<DeploymentAnswer | undefined> => user.deployment(id).catch((error: unknown) => void (last = error));
      let found: DeploymentAnswer | undefined;
      const came = await until(async () => {
        found = await look();
        last = found ?? last;
        return found !== undefined && condition(found);
      }, withinMs, LOOK_EVERY_MS);
      if (came && found) return found;
      throw new Error(`the state never came: ${last instanceof Error ? last.message : JSON.stringify(last, null, 1)}`);
    },
    ended: (id, withinMs) => user.when(id, ({ phase, source }) => source === 'record' && hasEnded(phase), withinMs),
    control: (id, kind, body = {}) => ask('POST', `/deployments/${id}/${kind}`, body),
    eventKinds: async (id) => eventsAnswer.parse(await well('GET', `/deployments/${id}/events?limit=200`)).items.map(({ kind }) => kind),
    stableVersion: async (service, environment) => environmentAnswer.parse(await well('GET', `/services/${service}/environments/${environment}`)).stable?.version ?? null,
  };
  return user;
}
