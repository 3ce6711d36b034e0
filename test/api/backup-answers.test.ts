import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { backupListSchema, backupSchema, backupSummarySchema, backupTicketSchema, drillListSchema, drillSchema, drillTicketSchema } from '../../src/api/backups/schemas.js';
import { restoreListSchema, restoreLiveSchema, restorePlanSchema, restoreSchema, restoreTicketSchema } from '../../src/api/backups/restore-schemas.js';
import { retentionSchema, sourceListSchema, sourceSchema } from '../../src/api/backups/source-schemas.js';
import { RIGHTS } from '../../src/api/rights.js';
import type { FingerprintItem } from '../../src/domain/backup/fingerprint.js';
import { aBackup, ADDRESS, put, putOwner, USER } from './backup-support.js';
import { startTestApi, type TestApi } from './support.js';

let api: TestApi;
let backup: string;
let running: string;
let restore: string;
let drill: string;
const PATH = '/api/v1/backup-sources/checkout/production/orders';

beforeAll(async () => {
  api = await startTestApi();
  await putOwner(api);
  await put(api, USER);
  await aBackup(api, { state: 'damaged', at: '2025-01-01T00:00:00.000Z' });
  backup = await aBackup(api);
  await aBackup(api);
  await api.call('POST', `/api/v1/backups/${backup}/hold`, { body: { reason: 'audit' } });
  running = await start('/backups', ADDRESS);
  restore = await start('/restores', { ...ADDRESS, swap: true });
  drill = await start('/drills', ADDRESS);
  api.backupSchedules.fare('backup/production/checkout/orders', { next: ['2030-01-01T00:00:00.000Z'], lastAt: '2029-01-01T00:00:00.000Z' });
  const found: FingerprintItem = { kind: 'file', count: '9', sum: null };
  const { fingerprint } = (await api.stores.backups.get(backup)) ?? {};
  if (!fingerprint) throw new Error('the backup has no fingerprint');
  api.backupRuns.advanceRestore(restore, {
    phase: 'waiting', safetyBackup: backup, waitsFor: 'people', held: ['checkout'], cause: { code: 'ABORTED', by: 'ada', text: '' }, milestones: { held: '' }, tookMs: { copying: 3 },
    gates: [{ address: 'owners', notOwnChange: false, role: null, quorum: 1, approvals: [{ by: 'ada', role: null, at: '' }], until: '', onTimeout: 'abort', reason: '' }],
    proof: { equal: false, differences: [{ item: 'a.json', recorded: null, found, text: 'a.json' }], checks: [{ name: 'c', ok: true, detail: '' }], copy: fingerprint, live: fingerprint, differing: 1, delta: ['a.json'] },
  });
});
afterAll(() => api.close());

async function start(path: string, body: object): Promise<string> {
  return String((await api.call('POST', `/api/v1${path}`, { body })).body['id']);
}

type Case = readonly [name: string, schema: z.ZodObject, ask: () => ReturnType<TestApi['call']>];

const cases: readonly Case[] = [
  ['a source', sourceSchema, () => api.call('GET', PATH)],
  ['a list of sources', sourceListSchema, () => api.call('GET', '/api/v1/backup-sources')],
  ['a preview of retention', retentionSchema, () => api.call('GET', `${PATH}/retention`)],
  ['a backup', backupSchema, () => api.call('GET', `/api/v1/backups/${backup}`)],
  ['a running backup', backupSchema, () => api.call('GET', `/api/v1/backups/${running}`)],
  ['a list of backups', backupListSchema, () => api.call('GET', '/api/v1/backups')],
  ['a held backup', backupSummarySchema, () => api.call('POST', `/api/v1/backups/${backup}/hold`, { body: { reason: 'audit' } })],
  ['a backup that is read back', backupTicketSchema, () => api.call('POST', `/api/v1/backups/${backup}/verify`)],
  ['a restore', restoreSchema, () => api.call('GET', `/api/v1/restores/${restore}`)],
  ['a list of restores', restoreListSchema, () => api.call('GET', '/api/v1/restores')],
  ['the status of a restore', restoreLiveSchema, () => api.call('POST', `/api/v1/restores/${restore}/pause`)],
  ['the plan of a restore', restorePlanSchema, () => api.call('POST', '/api/v1/restores?plan=true', { body: ADDRESS })],
  ['a drill', drillSchema, () => api.call('GET', `/api/v1/drills/${drill}`)],
  ['a list of drills', drillListSchema, () => api.call('GET', '/api/v1/drills')],
];

describe('what is answered about data', () => {
  it.each(cases)('%s is what the document says, and nothing more', async (_, schema, ask) => {
    const { status, body } = await ask();
    expect([status < 300, schema.strict().safeParse(body).error?.issues ?? []]).toEqual([true, []]);
  });

  it.each([
    ['backup', backupTicketSchema, '/backups', ADDRESS], ['restore', restoreTicketSchema, '/restores', ADDRESS], ['drill', drillTicketSchema, '/drills', ADDRESS],
  ] as const)('a started %s is what the document says, and nothing more', async (kind, schema, path, body) => {
    api.backupRuns.terminate(kind, { backup: running, restore, drill }[kind]);
    const answer = await api.call('POST', `/api/v1${path}`, { body });
    expect([answer.status, (schema as z.ZodObject).strict().safeParse(answer.body).error?.issues ?? []]).toEqual([202, []]);
  });

  it('names the right that each operation will ask for', async () => {
    const { body } = await api.call('GET', '/openapi.json', { key: null });
    const operations = Object.entries(Object(body['paths']) as Record<string, Record<string, { 'x-slipway-right'?: { name: string; role: string; who: string } }>>)
      .filter(([path]) => /^\/(?:backup|restore|drill)/.test(path)).flatMap(([path, methods]) => Object.entries(methods).map(([method, each]) => [`${method} ${path}`, each['x-slipway-right']] as const));
    expect(operations.length).toBe(23);
    for (const [, right] of operations) expect(Object.keys(RIGHTS)).toContain(right?.name);
    const rights = Object.fromEntries(operations);
    expect(rights['delete /backups/{id}/hold']).toEqual({ name: 'backup:drop-hold', role: 'admin', who: 'person' });
    expect(rights['post /restores']).toEqual({ name: 'restore:operate', role: 'operator', who: 'person' });
  });
});
