import { describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../test/support/until.js';
import { endGroup, groupRuns } from './process-group.js';
import { createPrograms } from './programs.js';

function arrange(env: Record<string, string> = { PATH: process.env['PATH'] ?? '' }) {
  const groups: number[] = [];
  const released: number[] = [];
  const guardian = { watch: (group: number) => void groups.push(group), release: (group: number) => void released.push(group) };
  return { programs: createPrograms({ guardian, env, graceMs: 100 }), groups, released };
}

const node = (script: string, ...args: string[]) => [process.execPath, '-e', script, ...args];

describe('a program', () => {
  it('gives its exit code and both outputs', async () => {
    const { programs } = arrange();
    const result = await programs.run({ command: node('console.log("out"); console.error("err"); process.exitCode = 3'), timeoutMs: 10_000 });
    expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', stdoutCut: false });
  });

  it('gets its arguments as they are, past no shell', async () => {
    const { programs } = arrange();
    const odd = ['$(id)', '; rm -rf x', '`id`', '"', '*', ''];
    const { stdout } = await programs.run({ command: node('console.log(JSON.stringify(process.argv.slice(1)))', '--', ...odd), timeoutMs: 10_000 });
    expect(JSON.parse(stdout)).toEqual(odd);
  });

  it('has to wait while its output is taken, and nothing of it is lost or kept', async () => {
    const { programs } = arrange();
    const bytes = { taken: 0, waits: 0 };
    const result = await programs.run({
      command: node('process.stdout.write(Buffer.alloc(3e6, 120))'), timeoutMs: 30_000,
      onStdout: async (chunk) => {
        bytes.taken += chunk.length;
        // The second one alone takes longer than a quiet program is waited for.
        bytes.waits += 1;
        if (bytes.waits === 2) await new Promise((resolve) => setTimeout(resolve, 400));
      },
    });
    expect(bytes.taken).toBe(3e6);
    expect(result).toMatchObject({ exitCode: 0, stdout: '', stdoutCut: false });
  });

  it.each([
    ['throws', () => { throw new Error('unreadable'); }],
    ['rejects', () => Promise.reject(new Error('unreadable'))],
  ])('is ended when whoever takes its output %s', async (_how, onStdout) => {
    const { programs, groups } = arrange();
    await expect(programs.run({ command: ['sh', '-c', 'echo out; exec sleep 60'], timeoutMs: 60_000, onStdout })).rejects.toThrow('unreadable');
    expect(groups.map(groupRuns)).toEqual([false]);
  });

  it('has its time limit also while its output is still being taken', async () => {
    const { programs } = arrange();
    const running = programs.run({ command: ['echo', 'out'], timeoutMs: 500, onStdout: () => new Promise<void>(() => undefined) });
    await expect(running).rejects.toMatchObject({ code: 'PROGRAM_TIMEOUT' });
  });

  it('reads its standard input', async () => {
    const { programs } = arrange();
    expect((await programs.run({ command: ['cat'], stdin: '{"a":1}', timeoutMs: 10_000 })).stdout).toBe('{"a":1}');
  });

  it('sees the environment given and ours, without our settings and secrets', async () => {
    const { programs } = arrange({ PATH: process.env['PATH'] ?? '', KEPT: 'yes', SLIPWAY_SECRET_HOOK: 's3cret', TEMPORAL_API_KEY: 's3cret' });
    const { stdout } = await programs.run({ command: ['env'], env: { SLIPWAY_SLOT: 'blue' }, timeoutMs: 10_000 });
    expect(stdout).toContain('KEPT=yes');
    expect(stdout).toContain('SLIPWAY_SLOT=blue');
    expect(stdout).not.toContain('s3cret');
  });

  it('keeps the beginning and the end of a long output', async () => {
    const { programs } = arrange();
    const script = 'process.stdout.write("first" + "x".repeat(1e6) + "last")';
    const { stdout, stdoutCut } = await programs.run({ command: node(script), timeoutMs: 10_000, maxOutputBytes: 1_000 });
    expect(stdoutCut).toBe(true);
    expect(stdout.length).toBeLessThan(1_100);
    expect(stdout).toMatch(/^first.*last$/s);
  });

  it('is ended with its whole group when its time is over, even if it will not go', async () => {
    const { programs, groups, released } = arrange();
    const stubborn = node('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("up")');
    await expect(programs.run({ command: stubborn, timeoutMs: 500 })).rejects.toMatchObject({ code: 'PROGRAM_TIMEOUT' });
    expect(groups.map(groupRuns)).toEqual([false]);
    expect(released).toEqual(groups);
  });

  it('is ended when it is aborted, and the reason is passed on', async () => {
    const { programs, groups } = arrange();
    const abort = new AbortController();
    const reason = new Error('no longer wanted');
    const running = programs.run({ command: ['sleep', '60'], timeoutMs: 60_000, signal: abort.signal });
    abort.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(groups.map(groupRuns)).toEqual([false]);
  });

  it('takes what it left in its group with it', async () => {
    const { programs, groups } = arrange();
    await programs.run({ command: ['sh', '-c', 'sleep 60 & echo started'], timeoutMs: 10_000 });
    expect(groups.map(groupRuns)).toEqual([false]);
  });

  it('does not hang on what it started in another session, though that holds its output open', async () => {
    const { programs } = arrange();
    const folder = await mkdtemp(join(tmpdir(), 'slipway-programs-'));
    const file = join(folder, 'pid');
    await programs.run({ command: ['setsid', '--fork', 'sh', '-c', 'echo $$ > "$0.new" && mv "$0.new" "$0" && exec sleep 60', file], timeoutMs: 20_000 });
    let pid = '';
    await until(async () => (pid = await readFile(file, 'utf8').catch(() => '')) !== '');
    const group = Number(pid);
    const lived = groupRuns(group);
    await endGroup(group, 0);
    await rm(folder, { recursive: true });
    expect(lived).toBe(true);
  }, 30_000);

  it('may daemonise at leisure: what it left is not ended while it moves into a session of its own', async () => {
    const { programs } = arrange();
    const mover = 'setTimeout(() => { const c = require("child_process").spawn("sleep", ["60"], { detached: true, stdio: "ignore" }); require("fs").writeSync(1, `${c.pid}\\n`); process.exit(0); }, 100)';
    const { stdout } = await programs.run({ command: ['sh', '-c', '"$0" -e "$1" &', process.execPath, mover], timeoutMs: 20_000 });
    const group = Number(stdout);
    const lived = groupRuns(group);
    await endGroup(group, 0);
    expect(lived).toBe(true);
  }, 30_000);

  it.each([[[]], [['/no/such/program']], [['no-such-program-anywhere']], [['a\0b']]])('that is not there is named by code: %j', async (command) => {
    const { programs } = arrange();
    await expect(programs.run({ command, timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'PROGRAM_MISSING' });
  });

  it('that cannot be started just now is not missing', async () => {
    const { programs } = arrange();
    const folder = await mkdtemp(join(tmpdir(), 'slipway-programs-'));
    const program = join(folder, 'program');
    await copyFile('/bin/true', program);
    // As somebody who installs a newer one.
    const written = await open(program, 'a');
    try {
      await expect(programs.run({ command: [program], timeoutMs: 10_000 })).rejects.toMatchObject({ code: 'PROGRAM_NOT_STARTED' });
    } finally {
      await written.close();
      await rm(folder, { recursive: true });
    }
  });

  it('says 128 and the signal when one ended it', async () => {
    const { programs } = arrange();
    expect((await programs.run({ command: node('process.kill(process.pid, "SIGKILL")'), timeoutMs: 10_000 })).exitCode).toBe(137);
  });
});
