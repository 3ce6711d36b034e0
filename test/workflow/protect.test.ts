import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { otherSlot, type Slot } from '../../src/domain/router/entry.js';
import type { Plan } from '../../src/domain/deployment/plan.js';
import type { PlanMigrations } from '../../src/domain/deployment/protection.js';
import { createDelivery, type Delivery, type LiveDeployment } from '../support/delivery.js';
import { aGate, aStep } from '../support/plans.js';
import { until } from '../support/until.js';

const BACKEND = 'shop-test';
const TOLD = ['migrated', 'migration-failed', 'launched', 'retired'];
const LONG_BAKE = { steps: [aStep(1, 10, { bakeMs: 600_000 })] };

describe('a deployment that migrates data', () => {
  let delivery: Delivery;
  let folder: string;
  beforeAll(async () => {
    delivery = await createDelivery();
    await delivery.settleV1();
  }, 60_000);
  afterAll(() => delivery.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-protect-'));
    await writeFile(schema(), 'id\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const schema = (): string => join(folder, 'schema');
  const columns = async (): Promise<string[]> => (await readFile(schema(), 'utf8')).trim().split('\n');
  const program = (script: string, timeoutMs = 20_000) => ({ command: ['sh', '-c', script, schema()], timeoutMs });
  /** Each is safe to run again, as it is declared to be. */
  const MIGRATE = {
    expand: 'grep -qx note "$0" || echo note >> "$0"', contract: 'grep -vx id "$0" > "$0.new"; mv "$0.new" "$0"', revert: 'grep -vx note "$0" > "$0.new"; mv "$0.new" "$0"',
  };
  const migrate = (over: Partial<Record<keyof PlanMigrations, string>> = {}): PlanMigrations =>
    Object.fromEntries(Object.entries({ ...MIGRATE, ...over }).map(([name, script]) => [name, program(script)]));
  const gated = (): PlanMigrations => ({ ...migrate(), contract: { ...program(MIGRATE.contract), gate: aGate('dba') } });
  const start = (plan: Partial<Plan> = {}, migrations = migrate()): Promise<LiveDeployment> => delivery.start({ protect: { backups: [], migrate: migrations }, ...plan });
  const stable = (): Slot => delivery.fake.control.entry(BACKEND).stable;
  const inBake = async (live: LiveDeployment): Promise<void> => { await live.when(({ split }) => split !== null && Math.min(split.blue, split.green) === 1_000); };
  const happened = async (live: LiveDeployment): Promise<string[]> => {
    const events = await delivery.stores.events.after(live.id, 0, 500);
    return events.filter(({ kind }) => TOLD.includes(kind)).map(({ kind, data: { migration } }) => (typeof migration === 'string' ? `${kind} ${migration}` : kind));
  };
  const refusal = async (sent: Promise<unknown>): Promise<string | null | undefined> => {
    const error: unknown = await sent.then(() => undefined, (reason: unknown) => reason);
    return error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure ? error.cause.type : String(error);
  };

  it('expands before the launch, and contracts once the old release is retired', async () => {
    const live = await start();
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(await happened(live)).toEqual(['migrated expand', 'launched', 'retired', 'migrated contract']);
    expect(await columns()).toEqual(['note']);
    expect(await live.status()).toMatchObject({ protection: { migrations: { expand: 'done', contract: 'done', revert: 'ahead' } } });
    expect(await live.status()).not.toHaveProperty('followUps');
  }, 60_000);

  it('takes a bad version back with its schema change: traffic first, then the candidate, then the data', async () => {
    const live = await start(LONG_BAKE);
    await inBake(live);
    expect(await columns()).toEqual(['id', 'note']);
    delivery.fake.control.count(BACKEND, otherSlot(stable()), { requests: 100, errors: 40 });
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'BREACH' });
    expect(await happened(live)).toEqual(['migrated expand', 'launched', 'retired', 'migrated revert']);
    expect(await columns()).toEqual(['id']);
  }, 60_000);

  const blueGreen = { strategy: { name: 'blueGreen', kind: 'blueGreen' as const }, steps: [aStep(1, 100, { bakeMs: 0, gate: aGate('smoke') })] };

  it('expands before the gate of a blue-green, and contracts after its switch', async () => {
    const live = await start(blueGreen);
    await live.when(({ gates }) => gates.length === 1);
    expect(await columns()).toEqual(['id', 'note']);
    await live.send('approve', { gate: '1/smoke' });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(await happened(live)).toEqual(['migrated expand', 'launched', 'retired', 'migrated contract']);
    expect(await columns()).toEqual(['note']);
  }, 60_000);

  it('takes a blue-green that was rejected at its gate back with its schema change', async () => {
    const live = await start(blueGreen);
    await live.when(({ gates }) => gates.length === 1);
    await live.send('reject', { gate: '1/smoke' });
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'REJECTED' });
    expect(await happened(live)).toEqual(['migrated expand', 'launched', 'retired', 'migrated revert']);
    expect(await columns()).toEqual(['id']);
  }, 60_000);

  it('ends an expand that is aborted, and takes back what it had done', async () => {
    const live = await start({}, migrate({ expand: `echo note >> "$0"; trap 'echo stopped > "$0.stopped"; exit 1' TERM; while :; do sleep 0.05; done` }));
    expect(await until(async () => (await columns()).includes('note'), 20_000)).toBe(true);
    expect(await live.status()).toMatchObject({ phase: 'migrating', canAbort: true });
    await live.send('abort');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'ABORTED' });
    expect(await readFile(join(folder, 'schema.stopped'), 'utf8')).toBe('stopped\n');
    expect([await columns(), await happened(live)]).toEqual([['id'], ['retired', 'migrated revert']]);
  }, 60_000);

  it('tries an expand that fails again, and goes back when it never works', async () => {
    const live = await start({}, migrate({ expand: 'echo tried >> "$0.tries"; echo half >> "$0"; exit 7', revert: 'grep -vx half "$0" > "$0.new"; mv "$0.new" "$0"' }));
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'MIGRATION_FAILED', text: expect.stringContaining('7') });
    expect((await readFile(join(folder, 'schema.tries'), 'utf8')).trim().split('\n')).toHaveLength(3);
    expect(await columns()).toEqual(['id']);
    expect(await happened(live)).not.toContain('launched');
  }, 60_000);

  it('is a success although its contract failed, and says what is left', async () => {
    const live = await start({}, { ...migrate(), contract: program('echo "orders is locked" >&2; exit 1') });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded', code: null });
    const status = await live.status();
    expect(status.followUps).toMatchObject([{ kind: 'contract-failed', text: expect.stringContaining('orders is locked'), until: null }]);
    expect(delivery.notifier.delivered).toContainEqual(expect.objectContaining({ kind: 'follow-up', deployment: live.id }));
    const record = await delivery.stores.deployments.get(live.id);
    expect(record?.status?.followUps).toEqual(status.followUps);
  }, 60_000);

  it('asks before its contract, and goes on by an approval', async () => {
    const live = await start({}, gated());
    const asked = await live.when(({ gates }) => gates.length === 1);
    expect(asked).toMatchObject({ phase: 'contracting', canAbort: false, gates: [{ address: '4/dba' }], protection: { migrations: { contract: 'waiting' } } });
    expect(await refusal(live.send('pause'))).toBe('PAST_NO_RETURN');
    await live.send('approve', { gate: '4/dba' });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect(await columns()).toEqual(['note']);
  }, 60_000);

  it('leaves its contract to people when the run is cancelled at its gate', async () => {
    const live = await start({}, gated());
    await live.when(({ gates }) => gates.length === 1);
    await live.handle.cancel();
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded', code: null });
    expect((await live.status()).followUps).toMatchObject([{ kind: 'contract-pending' }]);
    expect(await columns()).toEqual(['id', 'note']);
  }, 60_000);

  it.each(['an abort', 'a cancel from Temporal'])('ends a contract that waits for a lock by %s, and nothing goes back', async (way) => {
    const live = await start({}, migrate({ contract: `echo began > "$0.contract"; trap 'echo stopped > "$0.stopped"; exit 1' TERM; while :; do sleep 0.05; done` }));
    expect(await until(() => existsSync(`${schema()}.contract`), 30_000)).toBe(true);
    expect(await live.status()).toMatchObject({ phase: 'contracting', waitsFor: expect.stringContaining('an abort stops it') });
    if (way === 'an abort') await live.send('abort', { reason: 'everybody waits for it' });
    else await live.handle.cancel();
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded', code: null });
    expect((await live.status()).followUps).toMatchObject([{ kind: 'contract-stopped' }]);
    expect(await readFile(`${schema()}.stopped`, 'utf8')).toBe('stopped\n');
  }, 60_000);

  it('leaves its contract to people who said no', async () => {
    const live = await start({}, gated());
    await live.when(({ gates }) => gates.length === 1);
    await live.send('reject', { reason: 'not on a Friday' });
    expect(await live.outcome()).toMatchObject({ phase: 'succeeded' });
    expect((await live.status()).followUps).toMatchObject([{ kind: 'contract-pending', text: expect.stringContaining('not on a Friday') }]);
    expect(await columns()).toEqual(['id', 'note']);
  }, 60_000);

  it('asks for attention when its revert fails, with the traffic on stable, until a person takes it over', async () => {
    const before = stable();
    const live = await start(LONG_BAKE, migrate({ revert: 'exit 1' }));
    await inBake(live);
    await live.send('abort');
    const waiting = await live.when(({ phase }) => phase === 'needs-attention', 40_000);
    expect(waiting.split?.[before]).toBe(10_000);
    expect(await refusal(live.send('resolve', { resolve: { slot: otherSlot(before) } }))).toBe('RESOLVE_REFUSED');
    await live.send('resolve', { resolve: { slot: before } });
    expect(await live.outcome()).toMatchObject({ phase: 'rolled-back', code: 'ABORTED' });
    expect((await live.status()).followUps?.map(({ kind }) => kind)).toEqual(['revert-failed']);
  }, 90_000);

  it('ends by itself when a later revert works', async () => {
    const live = await start({}, migrate({ expand: 'exit 1', revert: 'test -e "$0.mended"' }));
    await live.when(({ phase }) => phase === 'needs-attention', 40_000);
    await writeFile(join(folder, 'schema.mended'), '');
    expect(await live.outcome()).toMatchObject({ phase: 'aborted', code: 'MIGRATION_FAILED' });
    expect(await live.status()).not.toHaveProperty('followUps');
  }, 90_000);
});
