import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { lookAtSchedules } from '../../src/app/backup/look-at-schedules.js';
import { ownedPlan } from '../../src/app/backup/owned-plan.js';
import { syncSchedules } from '../../src/app/backup/sync-schedules.js';
import { tellTooOld } from '../../src/app/backup/tell-too-old.js';
import { tellBy } from '../../src/app/tell.js';
import { createFakeNotifier } from '../../src/notifiers/fake-notifier.js';
import { createMemoryStores } from '../../src/store/memory/memory-stores.js';
import { aBackup, ADDRESS, get, OWNER, post, put, putOwner, USER } from './backup-support.js';
import { startTestApi, type TestApi } from './support.js';

const HOUR_MS = 3_600_000;
const SCHEDULE = 'backup/production/checkout/orders';
const DRILLS = 'restore-drill/production/checkout/orders';
let api: TestApi;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2030, 0, 1, 12);
  api = await startTestApi({ now: () => now, stores: createMemoryStores({ now: () => now }) });
  await putOwner(api);
});
afterEach(() => api.close());

const hoursAgo = (hours: number) => new Date(now - hours * HOUR_MS).toISOString();
const kept = async () => api.backupSchedules.ids().toSorted();
const withBackups = (backups: object) => ({ ...OWNER, environments: { production: { ...OWNER.environments.production, backups } } });

describe('GET /backup-sources', () => {
  it('shows what is backed up, how old it is, and its schedules', async () => {
    const [good, bad] = [await aBackup(api, { at: hoursAgo(3) }), await aBackup(api, { at: hoursAgo(1), state: 'damaged' })];
    api.backupSchedules.fare(SCHEDULE, { missed: 2, next: ['2030-01-02T03:30:00.000Z'] });
    expect((await get(api, '/backup-sources/checkout/production/orders')).body).toMatchObject({
      ...ADDRESS, owner: { service: 'checkout', source: 'orders' },
      owned: {
        kind: 'directory', repository: 'vault', keep: { last: 2 }, newest: { id: bad, state: 'damaged' }, newestVerified: { id: good }, ageMs: 3 * HOUR_MS, maxAgeMs: 24 * HOUR_MS,
        tooOld: false, schedule: { when: { kind: 'cron', cron: '30 3 * * *' }, health: { missed: 2, next: ['2030-01-02T03:30:00.000Z'] } }, drill: { when: { kind: 'every' } }, lastDrill: null,
      },
    });
  });

  it('says that the newest is too old, and the last drill', async () => {
    await aBackup(api, { at: hoursAgo(25) });
    const { body } = await post(api, '/drills', ADDRESS);
    await api.stores.drills.record(String(body['id']), { proven: true, text: 'equal', tookMs: 5, at: hoursAgo(0) });
    expect((await get(api, '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { tooOld: true, lastDrill: { state: 'proven' } } });
  });

  it('says of a drill that was skipped that it neither proved nor failed', async () => {
    const id = await api.stores.drills.request({ id: ulid(), ...ADDRESS, by: { name: 'schedule', roles: [] } });
    await api.stores.drills.skip(id, 'the drill before it was still running');
    expect((await get(api, `/drills/${id}`)).body).toMatchObject({ state: 'skipped', links: { temporal: 'http://ui/restore-drill/production/checkout/orders' } });
  });

  it('says that there is none although there was to be one', async () => {
    expect((await get(api, '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { newest: null, ageMs: null, tooOld: false } });
    now += 25 * HOUR_MS;
    expect((await get(api, '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { newest: null, ageMs: null, tooOld: true } });
  });

  it('is not taken in by a definition that changes every day', async () => {
    for (let day = 0; day < 3; day += 1) {
      now += 20 * HOUR_MS;
      const changed = { ...OWNER, owner: `team-${day}` };
      await put(api, changed);
    }
    expect((await get(api, '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { newest: null, tooOld: true } });
    expect(await tellTooOld(api.app)()).toBe(1);
  });

  it('names the owner of what is only used', async () => {
    await put(api, USER);
    expect((await get(api, '/backup-sources/basket/production/bought')).body).toEqual({
      service: 'basket', environment: 'production', source: 'bought', owner: { service: 'checkout', source: 'orders' }, owned: null,
    });
  });

  it.each([['the same folder', '/srv/orders/'], ['one within it', '/srv/orders/of-today']])('have one owner: %s is refused, in a dry run too', async (_, path) => {
    const second = { service: 'basket', environments: { production: { ...USER.environments.production, backups: { bought: { directory: { path }, repository: 'vault' } } } } };
    for (const query of ['?dryRun=true', '']) {
      const { status, body } = await api.call('PUT', `/api/v1/services/basket${query}`, { body: second });
      expect([status, body]).toMatchObject([409, { code: 'SOURCE_TAKEN', owner: 'checkout', ownedSource: 'orders', errors: [{ path: '/environments/production/backups/bought', hint: 'uses: checkout/orders' }] }]);
    }
    await put(api, USER);
  });

  it('lists all, page by page', async () => {
    await put(api, USER);
    const page = await get(api, '/backup-sources?limit=1');
    expect(page.body).toMatchObject({ items: [{ service: 'basket' }], next: expect.any(String) });
    expect((await get(api, `/backup-sources?limit=1&cursor=${String(page.body['next'])}`)).body).toMatchObject({ items: [{ service: 'checkout' }], next: null });
    expect((await get(api, '/backup-sources?service=checkout&environment=production')).body).toMatchObject({ items: [{ source: 'orders' }] });
    expect((await get(api, '/backup-sources?environment=staging')).body).toEqual({ items: [], next: null });
  });

  it('shows it without how the schedules fare while Temporal is away', async () => {
    api.backupSchedules.set('away');
    expect((await get(api, '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { schedule: { health: null } } });
  });

  it('does not know what is not declared', async () => {
    expect((await get(api, '/backup-sources/checkout/production/nothing')).body).toMatchObject({ code: 'SOURCE_UNKNOWN' });
  });
});

describe('schedules', () => {
  it('are put with the definition, changed with it, and removed with it', async () => {
    expect(await kept()).toEqual([SCHEDULE, DRILLS]);
    await put(api, withBackups({ orders: { ...OWNER.environments.production.backups.orders, drill: null, schedule: { every: '1h' } } }));
    expect(await kept()).toEqual([SCHEDULE]);
    expect(api.backupSchedules.wanted(SCHEDULE)).toMatchObject({ kind: 'backup', spec: { when: { kind: 'every', everyMs: HOUR_MS } }, plan: { service: 'checkout', site: 'default' } });
    await put(api, withBackups({}));
    expect(await kept()).toEqual([]);
  });

  it('go with the environment', async () => {
    await api.call('DELETE', '/api/v1/services/checkout/environments/production');
    await api.app.afterwards.settled();
    expect(await kept()).toEqual([]);
  });

  it('that are as they should be are left alone', async () => {
    const puts = api.backupSchedules.puts;
    await put(api, withBackups(OWNER.environments.production.backups));
    expect(await syncSchedules(api.app)()).toEqual({ put: [], removed: [] });
    expect(api.backupSchedules.puts).toBe(puts);
  });

  it('are made good by the regular look, when Temporal was away', async () => {
    api.backupSchedules.set('away');
    const changed = withBackups({ orders: { ...OWNER.environments.production.backups.orders, drill: null, schedule: { every: '1h' } } });
    expect((await api.call('PUT', '/api/v1/services/checkout', { body: changed })).status).toBe(200);
    await api.app.afterwards.settled();
    api.backupSchedules.set('back');
    expect(await syncSchedules(api.app)()).toEqual({ put: [SCHEDULE], removed: [DRILLS] });
    expect(await syncSchedules(api.app)()).toEqual({ put: [], removed: [] });
  });

  it('of a definition that cannot be read any more go on', async () => {
    await api.stores.services.put({ service: 'checkout', definition: { service: 'checkout', environments: { production: { nonsense: true } } }, by: 'ada', entries: [], sources: [] });
    expect(await syncSchedules(api.app)()).toEqual({ put: [], removed: [] });
  });

  it('that Temporal refuses hold no others up, and it is said why they are not in force', async () => {
    api.backupSchedules.refuse('backup/production/basket/own');
    const { production } = OWNER.environments;
    const basket = { service: 'basket', environments: { production: { ...production, router: { use: 'edge', backend: 'basket' }, backups: { own: { ...production.backups.orders, directory: { path: '/srv/basket' } } } } } };
    await put(api, basket);
    api.backupSchedules.drop(SCHEDULE);
    await api.stores.services.forget({ service: 'checkout', environment: 'production', definition: null, by: 'ada', expected: 1 });
    await putOwner(api);
    expect(await kept()).toEqual([SCHEDULE, DRILLS, 'restore-drill/production/basket/own'].toSorted());
    expect((await get(api, '/backup-sources/basket/production/own')).body).toMatchObject({
      owned: { schedule: { health: null, problem: { code: 'TEMPORAL_REFUSED', text: expect.stringContaining('time zone') } }, drill: { problem: null } },
    });
    expect(await syncSchedules(api.app)()).toEqual({ put: [], removed: [] });
    await lookAtSchedules(api.app)();
    const { text } = await api.call('GET', '/metrics', { key: null });
    expect(text).toContain('slipway_backup_schedule_not_in_force{service="basket",environment="production",source="own",schedule="backup"} 1\n');
    expect(text).toContain('slipway_backup_schedule_not_in_force{service="checkout",environment="production",source="orders",schedule="backup"} 0\n');
  });

  it('are no problem any more once they could be put', async () => {
    api.backupSchedules.set('away');
    await put(api, withBackups({ orders: { ...OWNER.environments.production.backups.orders, schedule: { every: '2h' } } }));
    const problem = async () => Object((await get(api, '/backup-sources/checkout/production/orders')).body['owned']).schedule?.problem as unknown;
    expect(await problem()).toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    api.backupSchedules.set('back');
    expect(await syncSchedules(api.app)()).toMatchObject({ put: [SCHEDULE, DRILLS] });
    expect(await problem()).toBeNull();
  });

  it('of another installation stay, also those of sources that it has, too', async () => {
    const other = await startTestApi({ backupSchedules: api.backupSchedules });
    expect(await syncSchedules(other.app)()).toEqual({ put: [], removed: [] });
    expect(await kept()).toEqual([SCHEDULE, DRILLS]);
    await putOwner(other);
    expect((await get(other, '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { schedule: { problem: { code: 'SCHEDULE_TAKEN' } } } });
    await other.call('DELETE', '/api/v1/services/checkout/environments/production');
    await other.app.afterwards.settled();
    expect(await kept()).toEqual([SCHEDULE, DRILLS]);
    await other.close();
  });

  it('that are gone are not in force until they are put again', async () => {
    api.backupSchedules.drop(SCHEDULE);
    await lookAtSchedules(api.app)();
    const line = 'slipway_backup_schedule_not_in_force{service="checkout",environment="production",source="orders",schedule="backup"}';
    expect((await api.call('GET', '/metrics', { key: null })).text).toContain(`${line} 1\n`);
    await syncSchedules(api.app)();
    await lookAtSchedules(api.app)();
    expect((await api.call('GET', '/metrics', { key: null })).text).toContain(`${line} 0\n`);
  });

  it('are not asked for one by one while Temporal is away', async () => {
    const { production } = OWNER.environments;
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`s${n}`, { ...production.backups.orders, drill: null, directory: { path: `/srv/${n}` } }]));
    api.backupSchedules.set('away');
    await put(api, withBackups(many));
    expect(api.logged.filter((line) => Object(line).schedule !== undefined)).toHaveLength(3);
    api.backupSchedules.set('back');
    expect((await syncSchedules(api.app)()).put).toHaveLength(20);
  });

  it('are seen in the metrics', async () => {
    api.backupSchedules.fare(SCHEDULE, { missed: 3, paused: true });
    const plan = await ownedPlan(api.app, ADDRESS);
    const skipped = await api.stores.backups.request({ id: ulid(), ...ADDRESS, repository: 'vault', trigger: 'schedule', by: { name: 'schedule', roles: [] }, plan });
    await api.stores.backups.skip(skipped, 'the backup before it was still running');
    await lookAtSchedules(api.app)();
    const { text } = await api.call('GET', '/metrics', { key: null });
    const labels = '{service="checkout",environment="production",source="orders",schedule="backup"}';
    expect(text).toContain(`slipway_backup_schedule_missed_total${labels} 3\n`);
    expect(text).toContain(`slipway_backup_schedule_skipped_total${labels} 1\n`);
    expect(text).toContain(`slipway_backup_schedule_paused${labels} 1\n`);
    expect((await get(api, '/backup-sources/checkout/production/orders')).body).toMatchObject({ owned: { schedule: { skipped: 1 }, drill: { skipped: 0 } } });
  });
});

describe('the metrics of sources', () => {
  const TOO_OLD = 'slipway_backup_too_old{service="checkout",environment="production",source="orders"}';
  const metrics = async () => (await api.call('GET', '/metrics', { key: null })).text;

  it('show one that was never backed up', async () => {
    expect(await metrics()).toContain(`${TOO_OLD} 0\n`);
    expect(await metrics()).toContain('slipway_backups{service="checkout",environment="production",source="orders",state="verified"} 0\n');
    now += 25 * HOUR_MS;
    expect(await metrics()).toContain(`${TOO_OLD} 1\n`);
  });

  it('follow a maxAge that changes', async () => {
    await aBackup(api, { at: hoursAgo(3) });
    expect(await metrics()).toContain(`${TOO_OLD} 0\n`);
    await put(api, withBackups({ orders: { ...OWNER.environments.production.backups.orders, maxAge: '2h' } }));
    expect(await metrics()).toContain(`${TOO_OLD} 1\n`);
  });

  it('forget one that is declared no more, but not its backups', async () => {
    await aBackup(api, { at: hoursAgo(25) });
    expect(await metrics()).toContain(`${TOO_OLD} 1\n`);
    await api.call('DELETE', '/api/v1/services/checkout/environments/production');
    await api.app.afterwards.settled();
    expect(await metrics()).not.toContain(TOO_OLD);
    expect(await metrics()).toContain('slipway_backups{service="checkout",environment="production",source="orders",state="verified"} 1\n');
  });
});

describe('a backup that becomes too old', () => {
  it('is told once, and again when the next one does', async () => {
    const first = await aBackup(api, { at: hoursAgo(25) });
    expect([await tellTooOld(api.app)(), await tellTooOld(api.app)()]).toEqual([1, 0]);
    expect(api.told).toMatchObject([{ kind: 'backup-too-old', ...ADDRESS, text: expect.stringContaining(first) }]);
    await aBackup(api, { at: hoursAgo(0) });
    expect(await tellTooOld(api.app)()).toBe(0);
    now += 25 * HOUR_MS;
    expect(await tellTooOld(api.app)()).toBe(1);
  });

  it('is told again each day, until there is a newer one', async () => {
    await aBackup(api, { at: hoursAgo(25) });
    expect(await tellTooOld(api.app)()).toBe(1);
    now += 22 * HOUR_MS;
    expect(await tellTooOld(api.app)()).toBe(0);
    now += 2 * HOUR_MS;
    expect([await tellTooOld(api.app)(), await tellTooOld(api.app)()]).toEqual([1, 0]);
    await aBackup(api, { at: hoursAgo(0) });
    expect(await tellTooOld(api.app)()).toBe(0);
  });

  it('is told to a receiver that was away as soon as it is back, as the same notice, and to nobody twice', async () => {
    const on = ['backup-too-old'];
    const { production } = OWNER.environments;
    await put(api, { ...OWNER, environments: { production: { ...production, notify: { good: { webhook: { url: 'https://good' }, on }, bad: { webhook: { url: 'https://bad' }, on } } } } });
    await aBackup(api, { at: hoursAgo(25) });
    const notifiers = { good: createFakeNotifier(), bad: createFakeNotifier() };
    notifiers.bad.become('down');
    const tell = tellBy((via) => (JSON.stringify(via).includes('good') ? notifiers.good : notifiers.bad), api.app.log);
    const look = async () => {
      now += 60_000;
      return tellTooOld({ ...api.app, tell })();
    };
    expect([await look(), await look()]).toEqual([1, 0]);
    notifiers.bad.become('well');
    expect([await look(), await look()]).toEqual([1, 0]);
    expect([notifiers.good.delivered, notifiers.bad.delivered].map(({ length }) => length)).toEqual([1, 1]);
    expect(notifiers.bad.delivered).toEqual(notifiers.good.delivered);
  });

  it('is told once by several processes', async () => {
    await aBackup(api, { at: hoursAgo(25) });
    const other = await startTestApi({ now: () => now, stores: api.stores });
    const counts = await Promise.all([api, other].map(({ app }) => tellTooOld(app)()));
    expect(counts.toSorted()).toEqual([0, 1]);
    await other.close();
  });

  it('is told of a source that never had one', async () => {
    now += 25 * HOUR_MS;
    expect(await tellTooOld(api.app)()).toBe(1);
  });

  it('is nobody’s business where no age was asked for', async () => {
    await put(api, withBackups({ orders: { directory: { path: '/srv/orders' }, repository: 'vault' } }));
    now += 1_000 * HOUR_MS;
    expect(await tellTooOld(api.app)()).toBe(0);
  });
});
