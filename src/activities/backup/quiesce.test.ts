import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aRestorePlan, aSourceSpec } from '../../../test/support/backup-plans.js';
import { until } from '../../../test/support/until.js';
import { SlipwayError } from '../../domain/errors.js';
import { monotonicMs } from '../../programs/monotonic.js';
import { createPrograms } from '../../programs/programs.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';
import { quiesce } from './quiesce.js';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('a command that stops writes or allows them', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-quiesce-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  function scene(script: string, heartbeatTimeoutMs = 10_000) {
    const attempt = { counts: true };
    const told: (number | undefined)[] = [];
    const programs = createPrograms({ guardian: { watch: (_group, untilMs) => void told.push(untilMs), release: () => undefined }, graceMs: 100 });
    const context: BackupContext = {
      report: () => undefined, signal: new AbortController().signal, before: undefined, attempt: 1, holder: 'restore quiesce 1', runId: 'r', firstScheduledAtMs: 0,
      heartbeatTimeoutMs,
      async stillOurs() {
        if (!attempt.counts) throw new SlipwayError('SUPERSEDED');
      },
    };
    const command = ['sh', '-c', script, join(folder, 'ran')];
    const source = aSourceSpec({ restore: { ...aSourceSpec().restore, quiesce: { kind: 'command', stop: command, start: command, timeoutMs: 60_000 } } });
    // No more is reached by a command.
    const deps = { programs, logger } as unknown as BackupDeps;
    return { attempt, told, run: (which: 'stop' | 'start') => quiesce(deps, { plan: aRestorePlan({ source }), run: '01R' }, which, context) };
  }

  it.each(['stop', 'start'] as const)('does not run for an attempt that does not count any more: %s', async (which) => {
    const { attempt, run } = scene('touch "$0"');
    attempt.counts = false;
    await expect(run(which)).rejects.toMatchObject({ code: 'SUPERSEDED' });
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('is ended when its attempt stops to count', async () => {
    const { attempt, run } = scene('echo began > "$0"; sleep 60; echo ended >> "$0"', 400);
    const running = run('start');
    expect(await until(() => existsSync(join(folder, 'ran')))).toBe(true);
    attempt.counts = false;
    await expect(running).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await readFile(join(folder, 'ran'), 'utf8')).toBe('began\n');
  });

  it('may not outlive the heartbeat timeout by itself, should this process stand still', async () => {
    const { told, run } = scene('true');
    const before = monotonicMs();
    await run('stop');
    expect(Math.max(...told.map((untilMs) => untilMs ?? Number.POSITIVE_INFINITY))).toBeLessThan(before + 10_000);
  });
});
