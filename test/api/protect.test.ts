import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MigrationState } from '../../src/domain/deployment/status.js';
import type { FollowUp } from '../../src/domain/deployment/follow-up.js';
import { DEFINITION, startTestApi, type TestApi } from './support.js';

const PROTECTED = {
  service: 'checkout',
  environments: {
    production: {
      ...DEFINITION.environments.production,
      gates: { managers: {}, dba: {} },
      backups: { orders: { directory: { path: '/srv/orders' }, repository: 'vault' } },
      protect: { backup: 'before', migrate: { expand: { command: ['migrate', 'up', '${version}'] }, contract: { command: ['migrate', 'contract'], gate: 'dba' }, revert: { command: ['migrate', 'down'] } } },
    },
  },
};

let api: TestApi;
beforeEach(async () => {
  api = await startTestApi();
  expect((await api.call('PUT', '/api/v1/services/checkout', { body: PROTECTED })).status).toBe(201);
});
afterEach(() => api.close());

const request = (version: string, query = '') => api.call('POST', `/api/v1/deployments${query}`, { body: { service: 'checkout', environment: 'production', version } });
const planOf = async (id: string): Promise<unknown> => (await api.stores.deployments.get(id))?.plan.protect;

describe('a protected deployment over the API', () => {
  it('shows its backups, its migrations and what cannot be taken back before it starts', async () => {
    const { status, body } = await request('v1', '?dryRun=true');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      plan: { protect: { backups: [{ service: 'checkout', source: { name: 'orders' } }], migrate: { expand: { timeoutMs: 600_000 }, contract: { gate: { name: 'dba' } } } } },
      timing: { pointOfNoReturn: expect.stringContaining('cannot be undone') },
    });
  });

  const live = async (contract: MigrationState): Promise<string> => {
    await api.succeed(await api.deploy('v1'));
    const id = await api.deploy('v2');
    api.runs.advance(id, 'contracting', { protection: { backups: [], migrations: { contract }, pointOfNoReturn: '' } });
    await api.succeed(id);
    return id;
  };
  const undo = (id: string, body: object = {}) => api.call('POST', `/api/v1/deployments/${id}/undo`, { body });

  it('is undone without backups and migrations, whatever became of its sources', async () => {
    const id = await live('skipped');
    const { production } = PROTECTED.environments;
    await api.call('PUT', '/api/v1/services/checkout', { body: { ...PROTECTED, environments: { production: { ...production, backups: { orders: { uses: 'nobody/orders' } } } } } });
    const { status, body } = await undo(id);
    expect(status).toBe(202);
    expect(await planOf(String(body['id']))).toEqual({ backups: [], migrate: {} });
  });

  it.each(['done', 'failed', 'running'] as const)('is not undone once its contract is %s, unless that is forced', async (contract) => {
    const id = await live(contract);
    const { status, body } = await undo(id);
    expect([status, body['code']]).toEqual([409, 'CONTRACTED']);
    expect((await undo(id, { force: true })).status).toBe(202);
  });

  it.each([['waiting', /Abort it, which leaves its migration contract undone/], ['running', /contract runs. An abort stops that/], ['skipped', /Undo it once it has ended/]] as const)(
    'names the way out to whoever would undo one whose contract is %s', async (contract, way) => {
      const id = await api.deploy('v1');
      await api.stores.deployments.progress(api.runs.advance(id, 'contracting', { canAbort: false, protection: { backups: [], migrations: { contract }, pointOfNoReturn: '' } }));
      const { body } = await api.call('POST', `/api/v1/deployments/${id}/undo`, { body: {} });
      expect(body).toMatchObject({ code: 'DEPLOYMENT_LIVE', detail: expect.stringMatching(way) });
      expect((await api.call('POST', `/api/v1/deployments/${id}/abort`, { body: {} })).status).toBe(200);
    });

  it('shows what it left to people when it has ended', async () => {
    const id = await api.deploy('v1');
    const followUps: FollowUp[] = [{ kind: 'restore-offered', text: 'restore it', until: '2026-01-02T00:00:00.000Z', backups: [{ service: 'checkout', source: 'orders', backup: '01B' }] }];
    const protection = { backups: followUps[0]?.backups ?? [], migrations: { expand: 'done' as const }, pointOfNoReturn: 'said before' };
    await api.stores.deployments.record({ status: api.runs.advance(id, 'rolled-back', { followUps, protection }) });
    const { body } = await api.call('GET', `/api/v1/deployments/${id}`);
    expect(body).toMatchObject({ phase: 'rolled-back', followUps, protection });
  });

  it('is not started when what it uses is not there', async () => {
    const backups = { orders: { uses: 'nobody/orders' } };
    const { production } = PROTECTED.environments;
    await api.call('PUT', '/api/v1/services/checkout', { body: { ...PROTECTED, environments: { production: { ...production, backups } } } });
    const { status, body } = await request('v1');
    expect([status, body['code']]).toEqual([404, 'SOURCE_UNKNOWN']);
  });
});
