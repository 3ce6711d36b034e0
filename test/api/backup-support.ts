import type { BackupStatus } from '../../src/domain/backup/backup-status.js';
import { summarizeFingerprint } from '../../src/domain/backup/summarize-fingerprint.js';
import { ulid } from 'ulid';
import { ownedPlan } from '../../src/app/backup/owned-plan.js';
import { firstBackupStatus } from '../../src/domain/backup/first-statuses.js';
import { DEFINITION, type TestAnswer, type TestApi } from './support.js';

export const ADDRESS = { service: 'checkout', environment: 'production', source: 'orders' };
const { production } = DEFINITION.environments;

/** The service that owns the source, with a schedule and drills. */
export const OWNER = {
  service: 'checkout',
  environments: {
    production: {
      ...production,
      backups: {
        orders: {
          directory: { path: '/srv/orders' }, repository: 'vault', keep: { last: 2, daily: 0, weekly: 0, monthly: 0 }, maxAge: '24h',
          schedule: { cron: '30 3 * * *', jitter: '5m' }, drill: { every: '7d' },
        },
      },
    },
  },
};

/** A service that uses it. */
export const USER = { service: 'basket', environments: { production: { ...production, router: { use: 'edge', backend: 'basket' }, backups: { bought: { uses: 'checkout/orders' } } } } };

export async function putOwner(api: TestApi): Promise<void> {
  await put(api, OWNER);
}

export async function put(api: TestApi, definition: { readonly service: string; readonly environments: object }): Promise<void> {
  const { status, text } = await api.call('PUT', `/api/v1/services/${definition.service}`, { body: definition });
  if (status >= 300) throw new Error(text);
  await api.app.afterwards.settled();
}

export function post(api: TestApi, path: string, body: object = {}, headers: Record<string, string> = {}): Promise<TestAnswer> {
  return api.call('POST', `/api/v1${path}`, { body, headers });
}

export function get(api: TestApi, path: string): Promise<TestAnswer> {
  return api.call('GET', `/api/v1${path}`);
}

const ITEMS = { 'a.json': { kind: 'file', count: '100', sum: 'aa' } } as const;

export interface MadeBackup { readonly state?: 'verified' | 'damaged' | 'stored'; readonly at?: string }

/** A backup as its run would have left it. */
export async function aBackup(api: TestApi, { state = 'verified', at = new Date(api.app.now()).toISOString() }: MadeBackup = {}): Promise<string> {
  const { backups } = api.stores;
  const id = ulid();
  const plan = await ownedPlan(api.app, ADDRESS);
  const by = { name: 'ada', roles: [] };
  const fingerprint = { items: ITEMS, about: {} };
  const summary = summarizeFingerprint(fingerprint, () => 'digest');
  await backups.request({ id, ...ADDRESS, repository: 'vault', trigger: 'request', by, plan });
  await backups.claim(id, id);
  await backups.keepContent(id, 1, { fingerprint, at, manifest: null });
  await backups.stored(id, { attempt: 1, snapshot: `snapshot-${id}`, manifest: { files: {} }, fingerprint: summary, bytes: 100, storedBytes: 60, at });
  await backups.record(ended(id, plan, { state, at, fingerprint: summary }));
  return id;
}

type Ended = Required<MadeBackup> & Pick<BackupStatus, 'fingerprint'>;

function ended(backup: string, plan: Parameters<typeof firstBackupStatus>[0]['plan'], { state, at, fingerprint }: Ended): BackupStatus {
  return {
    ...firstBackupStatus({ backup, plan, trigger: 'request' }, at),
    snapshot: `snapshot-${backup}`, fingerprint, bytes: 100, storedBytes: 60, at, endedAt: at,
    phase: state === 'verified' ? 'succeeded' : state === 'damaged' ? 'damaged' : 'failed',
    verifiedAt: state === 'verified' ? at : null,
    damage: state === 'damaged' ? [{ file: 'a.json', text: 'a.json: 3 bytes differ' }] : [],
    cause: state === 'stored' ? { code: 'ENGINE_FAILED', by: 'slipway', text: 'it was not read back' } : null,
    tookMs: { capture: 10, verify: 5 },
  };
}
