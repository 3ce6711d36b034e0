import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPrograms } from '../../programs/programs.js';
import { EXAMPLE_LAUNCH, targetContract } from '../contract.js';
import { type CommandTargetOptions, createCommandTarget } from './command-target.js';

const deployctl = fileURLToPath(new URL('../../../test/support/programs/deployctl.mjs', import.meta.url));
const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 100 });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-command-'));
});
afterEach(() => rm(folder, { recursive: true }));

function arrange(more: Partial<CommandTargetOptions> = {}) {
  const call = (name: string) => [process.execPath, deployctl, folder, name];
  return createCommandTarget({ name: 'hosts', launch: call('up'), status: call('ps'), retire: call('down'), timeoutMs: 10_000, programs, ...more });
}

targetContract('the command target', 'managed', async () => ({ target: arrange(), close: async () => undefined }));

/** A status program that prints `stdout`. */
const printing = (stdout: string) => arrange({ status: ['printf', '%s', stdout] });
const one = { id: 'a', address: '10.0.0.1:80', deployment: 'd', version: 'v', state: 'running' };

describe('the command target', () => {
  it('fills placeholders into arguments, which pass no shell', async () => {
    const target = arrange({ launch: ['sh', '-c', 'printf "%s|" "$@" > "$0"', join(folder, 'seen'), '--slot=${slot}', '$(id) ${version}', '$${slot}'] });
    await target.launch({ ...EXAMPLE_LAUNCH, version: 'v1;rm' });
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe('--slot=green|$(id) v1;rm|${slot}|');
  });

  it('gives `with` in the environment and the request on the standard input', async () => {
    const target = arrange({ launch: ['sh', '-c', 'echo "$SLIPWAY_WITH_JOB_NAME,$SLIPWAY_WITH_SIZES,$SLIPWAY_INSTANCES" > "$0"; cat >> "$0"', join(folder, 'seen')] });
    await target.launch({ ...EXAMPLE_LAUNCH, with: { 'job-name': '${service}@${version}', sizes: [1, 2] } });
    const [environment, input] = (await readFile(join(folder, 'seen'), 'utf8')).split('\n');
    expect(environment).toBe('checkout@v2,[1,2],2');
    expect(JSON.parse(input ?? '')).toEqual({
      service: 'checkout', environment: 'production', slot: 'green', version: 'v2', deployment: EXAMPLE_LAUNCH.deployment, instances: 2,
      with: { 'job-name': 'checkout@v2', sizes: [1, 2] },
    });
  });

  it('tells a retire which instances are meant, and of which deployments', async () => {
    const target = arrange({ retire: ['sh', '-c', 'echo "$SLIPWAY_DEPLOYMENTS" > "$0"; cat >> "$0"', join(folder, 'seen')] });
    await target.retire({ ...EXAMPLE_LAUNCH, instances: [{ id: 'a', deployment: 'd1' }, { id: 'b', deployment: 'd1' }, { id: 'a', deployment: 'd2' }] });
    const [deployments, input] = (await readFile(join(folder, 'seen'), 'utf8')).split('\n');
    expect(deployments).toBe('d1 d2');
    expect(JSON.parse(input ?? '')).toMatchObject({ slot: 'green', instances: [{ id: 'a', deployment: 'd1' }, { id: 'b', deployment: 'd1' }, { id: 'a', deployment: 'd2' }] });
  });

  it('leaves out of a status what `with` says about a version', async () => {
    const target = arrange({ status: ['sh', '-c', 'cat > "$0"; echo \'{"instances":[]}\'', join(folder, 'seen')] });
    await target.status({ ...EXAMPLE_LAUNCH, with: { job: '${service}', tag: ['${version}'] } });
    expect(JSON.parse(await readFile(join(folder, 'seen'), 'utf8'))).toEqual({ service: 'checkout', environment: 'production', slot: 'green', with: { job: 'checkout' } });
  });

  it('returns only what belongs to its deployment from a launch', async () => {
    const target = printing(JSON.stringify({ instances: [one, { ...one, id: 'b', address: '[::1]:80', deployment: EXAMPLE_LAUNCH.deployment }] }));
    expect((await target.launch(EXAMPLE_LAUNCH)).map(({ id }) => id)).toEqual(['b']);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'ok'],
    ['a list', '[]'],
    ['no instances', '{}'],
    ['an instance without an address', JSON.stringify({ instances: [{ ...one, address: undefined }] })],
    ['a host name', JSON.stringify({ instances: [{ ...one, address: 'host:80' }] })],
    ['a port that is none', JSON.stringify({ instances: [{ ...one, address: '10.0.0.1:70000' }] })],
    ['an unknown state', JSON.stringify({ instances: [{ ...one, state: 'up' }] })],
    ['an id that no router takes', JSON.stringify({ instances: [{ ...one, id: 'a b' }] })],
    ['one id twice', JSON.stringify({ instances: [one, one] })],
  ])('refuses a status that is %s', async (_what, stdout) => {
    await expect(printing(stdout).status(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'TARGET_OUTPUT_INVALID' });
  });

  it('passes on the first 2 kB of the error output, and no more', async () => {
    const target = arrange({ status: [process.execPath, '-e', 'console.log("ok"); console.error("first" + "x".repeat(5000) + "last")'] });
    const error: unknown = await target.status(EXAMPLE_LAUNCH).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('first');
    expect(String(error)).not.toContain('last');
    expect(String(error).length).toBeLessThan(2_300);
  });

  it('tells a failing launch from a target that is away', async () => {
    const failing = ['sh', '-c', 'echo "quota exceeded" >&2; exit 4'];
    await expect(arrange({ launch: failing }).launch(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'LAUNCH_FAILED', message: expect.stringContaining('quota exceeded') });
    await expect(arrange({ status: failing }).status(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
    await expect(arrange({ retire: failing }).retire({ ...EXAMPLE_LAUNCH, instances: [] })).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
  });

  it('ends a program that takes too long', async () => {
    await expect(arrange({ launch: ['sleep', '60'], timeoutMs: 100 }).launch(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'PROGRAM_TIMEOUT' });
  });

  it.each([{ launch: ['up', '${port}'] }, { status: ['ps', '${version}'] }, { retire: ['down', '${nope}'] }])('is refused at its start with %j', (commands) => {
    expect(() => arrange(commands)).toThrow(expect.objectContaining({ code: 'DEFINITION_INVALID' }));
  });
});
