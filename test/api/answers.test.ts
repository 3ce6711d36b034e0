import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { deploymentListSchema, deploymentSchema, eventListSchema, liveSchema, planSchema, ticketSchema } from '../../src/api/deployments/schemas.js';
import { environmentSchema, resolvedEnvironmentSchema } from '../../src/api/environments/schemas.js';
import { differenceSchema, serviceListSchema, serviceSchema } from '../../src/api/services/schemas.js';
import { DEFINITION, startTestApi, type TestApi } from './support.js';

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.putCheckout();
  await api.succeed(await api.deploy('v1'));
  id = await api.deploy('v2');
  api.runs.advance(id, 'progressing', {
    step: 1, split: { blue: 9_000, green: 1_000 }, stableSlot: 'blue', notes: ['a note'], milestones: { started: new Date().toISOString() },
    gates: [{ address: '1/managers', notOwnChange: false, role: null, quorum: 1, approvals: [{ by: 'ada', role: null, at: '' }], until: '', onTimeout: 'abort', reason: '' }],
    verdicts: [{ step: 1, kind: 'pass', findings: [{ rule: 'errors', kind: 'pass', text: 'errors 0 of 100', value: 0, limit: 1 }], at: '' }],
  });
  await api.stores.events.append([{ key: 'a.1.1', deployment: id, kind: 'shifted', at: new Date().toISOString(), text: 'shifted', data: { share: 1_000 } }]);
  await api.stores.observations.observe([{
    service: 'checkout', environment: 'production', routerInstance: 'a', entry: '-', split: { blue: 9_000, green: 1_000 }, health: { stable: 'healthy', candidate: 'healthy' }, at: new Date().toISOString(),
  }]);
});
afterAll(() => api.close());

const environment = '/services/checkout/environments/production';
const REQUEST = { service: 'checkout', environment: 'production', version: 'v3' };
type Case = readonly [name: string, schema: z.ZodObject, ask: () => ReturnType<TestApi['call']>];

const cases: readonly Case[] = [
  ['a service', serviceSchema, () => api.call('GET', '/api/v1/services/checkout')],
  ['a list of services', serviceListSchema, () => api.call('GET', '/api/v1/services')],
  ['a difference', differenceSchema, () => api.call('PUT', '/api/v1/services/checkout?dryRun=true', { body: { ...DEFINITION, owner: 'x' } })],
  ['an environment', environmentSchema, () => api.call('GET', `/api/v1${environment}`)],
  ['a resolved environment', resolvedEnvironmentSchema, () => api.call('GET', `/api/v1${environment}?resolved=true`)],
  ['a plan', planSchema, () => api.call('POST', '/api/v1/deployments?dryRun=true', { body: REQUEST })],
  ['a deployment', deploymentSchema, () => api.call('GET', `/api/v1/deployments/${id}`)],
  ['a deployment that was waited for', deploymentSchema, () => api.call('GET', `/api/v1/deployments/${id}?until=gate`)],
  ['a list of deployments', deploymentListSchema, () => api.call('GET', '/api/v1/deployments')],
  ['a list of events', eventListSchema, () => api.call('GET', `/api/v1/deployments/${id}/events`)],
  ['a status', liveSchema, () => api.call('POST', `/api/v1/deployments/${id}/pause`)],
];

describe('what is answered', () => {
  it.each(cases)('%s is what the document says, and nothing more', async (_, schema, ask) => {
    const { status, body } = await ask();
    expect([status, schema.strict().safeParse(body).error?.issues ?? []]).toEqual([200, []]);
  });

  it('a started deployment is what the document says, and nothing more', async () => {
    api.runs.terminate(id);
    const { status, body } = await api.call('POST', '/api/v1/deployments', { body: REQUEST });
    expect([status, ticketSchema.strict().safeParse(body).error?.issues ?? []]).toEqual([202, []]);
  });
});
