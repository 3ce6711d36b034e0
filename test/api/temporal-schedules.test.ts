import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { ulid } from 'ulid';
import { describeBackupSchedules } from '../../src/app/backup/schedules-contract.js';
import { createTemporalBackupSchedules } from '../../src/app/backup/temporal-backup-schedules.js';
import { schedulesOf } from '../../src/domain/backup/schedules.js';
import { aBackupPlan, aSourceSpec } from '../support/backup-plans.js';
import { freePort } from '../support/free-port.js';
import { until } from '../support/until.js';

/** No worker: what is started stays where it begins. */
describe('a Temporal Schedule', () => {
  let connection: Connection;
  let nowhere: Connection;
  let client: Client;

  beforeAll(async () => {
    connection = Connection.lazy({ address: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] ?? '' });
    nowhere = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
    client = new Client({ connection });
  });
  afterAll(() => connection.close());

  const schedulesOn = (of: Client, requestTimeoutMs = 10_000) => createTemporalBackupSchedules({ client: of, requestTimeoutMs, queryTimeoutMs: requestTimeoutMs });

  describeBackupSchedules(() => ({ schedules: schedulesOn(client), away: schedulesOn(new Client({ connection: nowhere }), 300) }), aBackupPlan());

  const everySecond = () => {
    const when = { when: { kind: 'every', everyMs: 1_000 }, timezone: 'UTC', jitterMs: 0, catchUpMs: 60_000 } as const;
    const plan = aBackupPlan({ service: `s${ulid().toLowerCase()}`, source: aSourceSpec({ schedule: when, drill: when }) });
    return { plan, wanted: schedulesOf(plan) };
  };

  it.each([['a backup', 0, 'backupTick', 'backup-tick'], ['a drill', 1, 'drillTick', 'drill-tick']] as const)('starts %s by the clock', async (_, index, type, stem) => {
    const { plan, wanted } = everySecond();
    const schedule = wanted[index];
    if (!schedule) throw new Error('the source asks for no such schedule');
    await schedulesOn(client).put(schedule, { installation: 'one', digest: 'aa11' });
    const query = `WorkflowId STARTS_WITH "${stem}/${plan.environment}/${plan.service}/${plan.source.name}-"`;
    const types = new Set<string>();
    expect(await until(async () => {
      for await (const info of client.workflow.list({ query })) types.add(info.type);
      return types.size > 0;
    }, 20_000)).toBe(true);
    await schedulesOn(client).remove(schedule.id, 'one');
    expect([...types]).toEqual([type]);
    for await (const info of client.workflow.list({ query })) await client.workflow.getHandle(info.workflowId).terminate();
  }, 40_000);

  it.each([
    ['leaves out the day whose clocks jump over its time', '2027-03-27T12:00:00Z', ['2027-03-29T00:30:00.000Z']],
    ['comes once on the day that has its time twice', '2027-10-30T12:00:00Z', ['2027-10-31T01:30:00.000Z', '2027-11-01T01:30:00.000Z']],
  ])('%s, as docs/backups.md says', async (_, from, expected) => {
    const [schedule] = everySecond().wanted;
    if (!schedule) throw new Error('the source asks for no schedule');
    const night = { when: { kind: 'cron', cron: '30 2 * * *' }, timezone: 'Europe/Berlin', jitterMs: 0, catchUpMs: 60_000 } as const;
    await schedulesOn(client).put({ ...schedule, spec: night }, { installation: 'one', digest: 'aa11' });
    const startMs = Date.parse(from);
    const { startTime } = await connection.workflowService.listScheduleMatchingTimes({
      namespace: 'default', scheduleId: schedule.id, startTime: msToTs(startMs), endTime: msToTs(startMs + 2 * 86_400_000),
    });
    expect(startTime.map((at) => new Date(Number(at.seconds) * 1_000).toISOString())).toEqual(expected);
    await schedulesOn(client).remove(schedule.id, 'one');
  });

  it('that a person paused stays paused, with their note, when its definition changes', async () => {
    const [schedule] = everySecond().wanted;
    if (!schedule) throw new Error('the source asks for no schedule');
    const schedules = schedulesOn(client);
    await schedules.put({ ...schedule, spec: { ...schedule.spec, when: { kind: 'every', everyMs: 3_600_000 } } }, { installation: 'one', digest: 'aa11' });
    await client.schedule.getHandle(schedule.id).pause('while the disk is changed');
    await schedules.put({ ...schedule, spec: { ...schedule.spec, when: { kind: 'every', everyMs: 7_200_000 } } }, { installation: 'one', digest: 'bb22' });
    const { state } = await client.schedule.getHandle(schedule.id).describe();
    expect(state).toMatchObject({ paused: true, note: 'while the disk is changed [definition bb22]' });
    expect(await schedules.health(schedule.id)).toMatchObject({ paused: true });
    await schedules.remove(schedule.id, 'one');
  });

  it.each(['Asia/kolkata', 'PST'])('in a time zone that the server does not know is refused: %s', async (timezone) => {
    const [schedule] = everySecond().wanted;
    if (!schedule) throw new Error('the source asks for no schedule');
    await expect(schedulesOn(client).put({ ...schedule, spec: { ...schedule.spec, timezone } }, { installation: 'one', digest: 'aa11' })).rejects.toMatchObject({ code: 'TEMPORAL_REFUSED' });
    expect(await schedulesOn(client).health(schedule.id)).toBeNull();
  });

  it.each(['UTC', 'Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'Europe/Kiev', 'US/Eastern', 'America/Coyhaique', 'Etc/GMT+5'])('may be in %s', async (timezone) => {
    const [schedule] = everySecond().wanted;
    if (!schedule) throw new Error('the source asks for no schedule');
    await schedulesOn(client).put({ ...schedule, spec: { ...schedule.spec, when: { kind: 'cron', cron: '0 3 * * *' }, timezone } }, { installation: 'one', digest: 'aa11' });
    expect(await schedulesOn(client).health(schedule.id)).toMatchObject({ next: [expect.any(String), expect.any(String), expect.any(String)] });
    await schedulesOn(client).remove(schedule.id, 'one');
  });

  it('that bears no mark of an installation is everybody’s', async () => {
    const [schedule] = everySecond().wanted;
    if (!schedule) throw new Error('the source asks for no schedule');
    await client.schedule.create({
      scheduleId: schedule.id, memo: { slipway: true }, spec: { intervals: [{ every: '1 day' }] }, action: { type: 'startWorkflow', workflowType: 'x', taskQueue: 'nobody' },
    });
    const schedules = schedulesOn(client);
    expect(await until(async () => (await schedules.list('one')).some(({ id }) => id === schedule.id))).toBe(true);
    await schedules.remove(schedule.id, 'one');
    expect(await schedules.health(schedule.id)).toBeNull();
  });

  it('of another program, that has such an id, is left as it is', async () => {
    const [schedule] = everySecond().wanted;
    if (!schedule) throw new Error('the source asks for no schedule');
    await client.schedule.create({ scheduleId: schedule.id, spec: { intervals: [{ every: '1 day' }] }, action: { type: 'startWorkflow', workflowType: 'x', taskQueue: 'nobody' } });
    const schedules = schedulesOn(client);
    await expect(schedules.put(schedule, { installation: 'one', digest: 'aa11' })).rejects.toMatchObject({ code: 'SCHEDULE_TAKEN' });
    await schedules.remove(schedule.id, 'one');
    expect(await schedules.health(schedule.id)).toMatchObject({ paused: false });
    await client.schedule.getHandle(schedule.id).delete();
  });

  it('of somebody else is not listed', async () => {
    const scheduleId = `backup/test/${ulid().toLowerCase()}/orders`;
    await client.schedule.create({
      scheduleId, spec: { intervals: [{ every: '1 day' }] }, action: { type: 'startWorkflow', workflowType: 'x', taskQueue: 'nobody' },
    });
    expect((await schedulesOn(client).list('one')).map(({ id }) => id)).not.toContain(scheduleId);
    await client.schedule.getHandle(scheduleId).delete();
  });
});
