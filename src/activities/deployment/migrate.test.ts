import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import { until } from '../../../test/support/until.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import type { MigrationStep } from '../../domain/deployment/protection.js';
import { SlipwayError } from '../../domain/errors.js';
import { createPrograms } from '../../programs/programs.js';
import { createMemoryStores } from '../../store/memory/memory-stores.js';
import type { Stores } from '../../store/stores.js';
import { systemClock } from '../watch/clock.js';
import { migrate } from './migrate.js';
import type { StepContext } from './recorded-step.js';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined } });

describe('migrate', () => {
  let folder: string;
  let database: { available: boolean };
  let stores: Pick<Stores, 'leases'>;
  beforeEach(async () => {
    const reachable = { available: true };
    database = reachable;
    stores = createMemoryStores({ available: () => reachable.available });
    folder = await mkdtemp(join(tmpdir(), 'slipway-migrate-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  interface More { readonly args?: string[]; readonly timeoutMs?: number; readonly declared?: MigrationStep; readonly migration?: MigrationStep; readonly leaseTtlMs?: number }

  function scene(script: string, more: More = {}) {
    const events: { kind: string; data: unknown }[] = [];
    const stop = new AbortController();
    const attempt = { counts: true };
    const context: StepContext = {
      emit: (kind, _text, data) => { events.push({ kind, data }); }, report: () => undefined, signal: stop.signal, before: undefined, firstScheduledAtMs: 0,
      holder: script,
      async stillOurs() {
        if (!attempt.counts) throw new SlipwayError('SUPERSEDED');
      },
    };
    const command = ['sh', '-c', script, join(folder, 'seen'), ...(more.args ?? [])];
    const plan = aPlan({ protect: { backups: [], migrate: { [more.declared ?? 'expand']: { command, timeoutMs: more.timeoutMs ?? 20_000 } } } });
    const input: Omit<StepInput<'migrate'>, 'status' | 'carried'> = {
      plan, migration: more.migration ?? 'expand', service: 'shop', environment: 'test', router: 'fake', backend: 'shop-test', deployment: '01D',
    };
    // The body of the step reads neither.
    const run = () => migrate({ programs, stores, leaseTtlMs: more.leaseTtlMs ?? 60_000, logger, clock: systemClock, env: { DB_PASSWORD: 'hunter22' } }, input as StepInput<'migrate'>, context);
    return { run, events, stop, attempt };
  }

  it('gives the command its values as arguments, which pass no shell, and in the environment', async () => {
    const { run } = scene('printf "%s|" "$@" "$SLIPWAY_MIGRATION" "$SLIPWAY_VERSION" "$SLIPWAY_STABLE_VERSION" > "$0"', { args: ['--to=${version}', '$(id) ${deployment}'] });
    await run();
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe('--to=v2|$(id) 01D|expand|v2|v1|');
  });

  it('runs no command for an attempt that does not count any more, although it has the lease', async () => {
    const { run, attempt } = scene('touch "$0"');
    attempt.counts = false;
    await expect(run()).rejects.toMatchObject({ code: 'SUPERSEDED' });
    await expect(readFile(join(folder, 'seen'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('keeps the end of what was said, without secrets', async () => {
    const { run, events } = scene('yes | head -c 9000; echo done; echo "postgres://u:pw@db and hunter22" >&2');
    const { output } = await run();
    expect(output.length).toBeLessThan(4_100);
    expect(output).toMatch(/done\npostgres:\/\/u:\[hidden]@db and \[hidden]$/);
    expect(events).toEqual([{ kind: 'migrated', data: { migration: 'expand', tookMs: expect.any(Number), output } }]);
  });

  it('fails by its exit code, and says what the command said', async () => {
    const { run, events } = scene('echo "column exists" >&2; exit 3');
    await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_FAILED', message: expect.stringContaining('column exists') });
    expect(events).toMatchObject([{ kind: 'migration-failed' }]);
  });

  it('ends a command that takes too long', async () => {
    await expect(scene('sleep 60', { timeoutMs: 100 }).run()).rejects.toMatchObject({ code: 'PROGRAM_TIMEOUT' });
  });

  it('keeps no part of a secret that stands where the output is cut', async () => {
    const { output } = await scene('printf "hunter22%01995d" 7').run();
    expect(output).not.toContain('22');
  });

  it('says what a command that takes too long said', async () => {
    const { run, events } = scene('echo waits for a lock; echo on orders >&2; sleep 60', { timeoutMs: 2_000 });
    await expect(run()).rejects.toMatchObject({ code: 'PROGRAM_TIMEOUT', message: expect.stringMatching(/waits for a lock\non orders/) });
    expect(events).toEqual([{ kind: 'migration-failed', data: { migration: 'expand', tookMs: expect.any(Number), output: 'waits for a lock\non orders' } }]);
  });

  it('ends the command when it is cancelled, and waits for it', async () => {
    const { run, stop, events } = scene('trap "echo ended > $0.end; exit 1" TERM; echo waits; echo began > "$0"; while :; do sleep 0.05; done');
    const running = run();
    expect(await until(async () => readFile(join(folder, 'seen'), 'utf8').then(() => true, () => false))).toBe(true);
    stop.abort(new Error('cancelled'));
    await expect(running).rejects.toThrow('cancelled');
    expect(await readFile(join(folder, 'seen.end'), 'utf8')).toBe('ended\n');
    expect(events).toMatchObject([{ kind: 'migration-stopped', data: { output: expect.stringContaining('waits') } }]);
  });

  const HELD = 'echo began >> "$0"; while [ ! -e "$0.go" ]; do sleep 0.02; done; echo ended >> "$0"';
  const seen = (): Promise<string> => readFile(join(folder, 'seen'), 'utf8').catch(() => '');

  it('runs while no other migration of the service does: an attempt that was given up may still be at it', async () => {
    const first = scene(HELD).run();
    expect(await until(async () => (await seen()) === 'began\n', 20_000)).toBe(true);
    const next = scene('echo next >> "$0"', { migration: 'revert', declared: 'revert' }).run();
    await writeFile(join(folder, 'seen.go'), '');
    await Promise.all([first, next]);
    expect(await seen()).toBe('began\nended\nnext\n');
  });

  it('leaves its place in the queue when it is cancelled', async () => {
    const first = scene(HELD).run();
    expect(await until(async () => (await seen()) === 'began\n', 20_000)).toBe(true);
    const next = scene('echo next >> "$0"');
    const waiting = next.run();
    next.stop.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
    await writeFile(join(folder, 'seen.go'), '');
    await first;
    expect(await seen()).toBe('began\nended\n');
  });

  it('is ended when nobody can say any more that it is the only one', async () => {
    const { run, events } = scene('echo waits; echo began > "$0"; sleep 60', { leaseTtlMs: 2_000 });
    const running = run();
    const refused = expect(running).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await until(async () => (await seen()) === 'began\n', 20_000)).toBe(true);
    database.available = false;
    await refused;
    expect(events).toMatchObject([{ kind: 'migration-stopped', data: { output: expect.stringContaining('waits') } }]);
  });

  it('waits for a database that is away', async () => {
    database.available = false;
    const { run } = scene('echo ran > "$0"');
    const running = run();
    database.available = true;
    await running;
    expect(await seen()).toBe('ran\n');
  });

  it('is refused for a migration that the plan does not have', async () => {
    await expect(scene('true', { migration: 'revert' }).run()).rejects.toMatchObject({ code: 'DEFINITION_INVALID' });
  });
});
