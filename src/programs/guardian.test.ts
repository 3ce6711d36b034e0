import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fromSource, GUARDIAN_COMMAND } from '../../test/support/programs/from-source.js';
import { until } from '../../test/support/until.js';
import { startGuardian } from './guardian.js';
import { monotonicMs } from './monotonic.js';
import { endGroup, groupRuns } from './process-group.js';
import { identityOf } from './process-identity.js';

describe('the guardian', () => {
  let folder: string;
  const started: number[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-guardian-'));
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((group) => endGroup(group, 0)));
    await rm(folder, { recursive: true });
  });

  function lasting(): number {
    const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    child.unref();
    started.push(child.pid ?? 0);
    return child.pid ?? 0;
  }

  it('ends the programs of a process that was killed with -9', async () => {
    const [file, ...args] = fromSource(new URL('../../test/support/programs/doomed-parent.ts', import.meta.url));
    const parent = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    const group = Number(line);
    started.push(group);
    expect(groupRuns(group)).toBe(true);
    parent.kill('SIGKILL');
    expect(await until(() => !groupRuns(group), 15_000)).toBe(true);
  }, 30_000);

  it('ends what is watched when it is closed, and leaves what was released', async () => {
    const guardian = startGuardian({ command: GUARDIAN_COMMAND });
    const [kept, ended] = [lasting(), lasting()];
    guardian.watch(kept);
    guardian.watch(ended);
    guardian.release(kept);
    await guardian.close();
    expect([groupRuns(kept), groupRuns(ended)]).toEqual([true, false]);
  }, 20_000);

  it('kills what had its time, and not what was given more; a guardian that dies is told both anew', async () => {
    const file = join(folder, 'pid');
    const guardian = startGuardian({ command: ['sh', '-c', 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec "$@"', file, ...GUARDIAN_COMMAND] });
    const [over, renewed] = [lasting(), lasting()];
    const soon = monotonicMs() + 6_000;
    for (const group of [over, renewed]) guardian.watch(group, soon);
    guardian.watch(renewed, soon + 600_000);
    expect(await until(async () => (await readFile(file, 'utf8').catch(() => '')) !== '', 20_000)).toBe(true);
    process.kill(Number(await readFile(file, 'utf8')), 'SIGKILL');
    expect(await until(() => !groupRuns(over), 20_000)).toBe(true);
    expect(monotonicMs()).toBeGreaterThanOrEqual(soon);
    expect(groupRuns(renewed)).toBe(true);
    await guardian.close();
  }, 60_000);

  it('ends what is recorded, but never a process that only has the pid of one', async () => {
    const [recorded, stranger] = [lasting(), lasting()];
    await writeFile(join(folder, 'recorded.json'), JSON.stringify(identityOf(recorded)));
    await writeFile(join(folder, 'stranger.json'), JSON.stringify({ pid: stranger, startTime: 'another time' }));
    await writeFile(join(folder, 'broken.json'), '{');
    const guardian = startGuardian({ command: GUARDIAN_COMMAND, records: folder });
    await guardian.close();
    expect([groupRuns(recorded), groupRuns(stranger)]).toEqual([false, true]);
  }, 20_000);
});
