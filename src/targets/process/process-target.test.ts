import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freePort } from '../../../test/support/free-port.js';
import { fromSource } from '../../../test/support/programs/from-source.js';
import { until } from '../../../test/support/until.js';
import { EXAMPLE_LAUNCH, targetContract } from '../contract.js';
import type { SlotRef, Target, TargetInstance } from '../target.js';
import { createProcessTarget, type ProcessTargetOptions } from './process-target.js';

const SERVER = 'require("http").createServer((q, r) => r.end(JSON.stringify({ env: process.env, argv: process.argv.slice(1) }))).listen(process.env.PORT, process.env.HOST)';
const OTHER: SlotRef = { ...EXAMPLE_LAUNCH, slot: 'blue' };

interface Answer {
  readonly env: Record<string, string>;
  readonly argv: string[];
}
// Our own server above answers in this form.
const ask = async (address: string): Promise<Answer | undefined> =>
  // Something else may have taken the port, which answers otherwise.
  fetch(`http://${address}/`).then(async (response) => (await response.json()) as Answer).catch(() => undefined);
const answers = async ({ address }: TargetInstance): Promise<boolean> => until(async () => (await ask(address)) !== undefined);

async function retireAll(target: Target, slot: SlotRef): Promise<void> {
  await target.retire({ ...slot, instances: await target.status(slot) });
}

async function arrange(more: Partial<ProcessTargetOptions> = {}) {
  const stateFolder = await mkdtemp(join(tmpdir(), 'slipway-process-'));
  const first = await freePort();
  const options: ProcessTargetOptions = {
    name: 'local', command: [process.execPath, '-e', SERVER, '--', '${service}', '${instance}', '$${port}'],
    portRange: { first, last: Math.min(first + 20, 65_535) }, stateFolder, graceMs: 300, ...more,
  };
  const target = createProcessTarget(options);
  const close = async () => {
    await Promise.all([EXAMPLE_LAUNCH, OTHER].map((slot) => retireAll(target, slot)));
    await rm(stateFolder, { recursive: true });
  };
  return { target, options, stateFolder, close };
}

targetContract('the process target', 'managed', async () => {
  const { target, close } = await arrange();
  const runs = async (instance: TargetInstance) => (await Promise.all([EXAMPLE_LAUNCH, OTHER].map((slot) => target.status(slot)))).flat().some(({ id }) => id === instance.id) ? answers(instance) : (await ask(instance.address)) !== undefined;
  return { target, runs, close };
});

describe('the process target', () => {
  let scene: Awaited<ReturnType<typeof arrange>>;
  let target: Target;
  const parents: ChildProcess[] = [];
  beforeEach(async () => {
    scene = await arrange();
    ({ target } = scene);
  });
  afterEach(async () => {
    for (const parent of parents.splice(0)) parent.kill('SIGKILL');
    await scene.close();
  });

  async function launchedElsewhere(request = EXAMPLE_LAUNCH): Promise<{ parent: ChildProcess; instances: TargetInstance[] }> {
    const [file, ...args] = fromSource(new URL('../../../test/support/programs/launching-parent.ts', import.meta.url));
    const parent = spawn(file, [...args, JSON.stringify({ options: scene.options, request })], { stdio: ['ignore', 'pipe', 'inherit'] });
    parents.push(parent);
    const [line] = await once(createInterface({ input: parent.stdout }), 'line');
    return { parent, instances: JSON.parse(line) };
  }

  it('tells an instance who it is, and nothing of our settings', async () => {
    process.env['SLIPWAY_SECRET_PROCESS_TEST'] = 's3cret';
    const [instance] = await target.launch({ ...EXAMPLE_LAUNCH, with: { job: 'of ${service}', size: 3 } });
    delete process.env['SLIPWAY_SECRET_PROCESS_TEST'];
    expect(instance && (await answers(instance))).toBe(true);
    const { env, argv } = (await ask(instance?.address ?? '')) ?? { env: {}, argv: [] };
    expect(env).toMatchObject({
      PORT: instance?.address.split(':')[1], SLIPWAY_VERSION: 'v2', SLIPWAY_SLOT: 'green', SLIPWAY_DEPLOYMENT: EXAMPLE_LAUNCH.deployment,
      SLIPWAY_INSTANCE: instance?.id, SLIPWAY_WITH_JOB: 'of checkout', SLIPWAY_WITH_SIZE: '3',
    });
    expect(env).not.toHaveProperty('SLIPWAY_SECRET_PROCESS_TEST');
    expect(argv).toEqual(['checkout', instance?.id, '${port}']);
  });

  it('keeps instances running when the worker is killed, and the next worker adopts them', async () => {
    const { parent, instances } = await launchedElsewhere();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(await Promise.all(instances.map(answers))).toEqual([true, true]);
    expect(await target.launch(EXAMPLE_LAUNCH)).toEqual(instances);
    await retireAll(target, EXAMPLE_LAUNCH);
    expect(await ask(instances[0]?.address ?? '')).toBeUndefined();
  }, 30_000);

  it('launches once when two workers launch at the same time', async () => {
    const [first, second] = await Promise.all([launchedElsewhere(), launchedElsewhere()]);
    expect(second.instances).toEqual(first.instances);
  }, 30_000);

  it('says that an instance has stopped, and launches it again at the same address', async () => {
    const [before] = await target.launch(EXAMPLE_LAUNCH);
    const record = (await readdir(join(scene.stateFolder, 'run'))).find((file) => file.endsWith(`${before?.id}.json`)) ?? '';
    process.kill(JSON.parse(await readFile(join(scene.stateFolder, 'run', record), 'utf8')).pid, 'SIGKILL');
    const stopped = async () => (await target.status(EXAMPLE_LAUNCH)).some(({ id, state }) => id === before?.id && state === 'stopped');
    expect(await until(stopped)).toBe(true);
    const [after] = await target.launch(EXAMPLE_LAUNCH);
    expect(after).toEqual(before);
  });

  it('never touches a process that only has the pid of a record', async () => {
    const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    parents.push(stranger);
    const { slot, service, environment, deployment, version } = EXAMPLE_LAUNCH;
    const record = { pid: stranger.pid, startTime: 'another time', target: 'local', service, environment, slot, id: `${deployment}-1`, deployment, version, host: '127.0.0.1', port: 9 };
    await writeFile(join(scene.stateFolder, 'run', `${service}.${environment}.${slot}.${deployment}-1.json`), JSON.stringify(record));
    await retireAll(target, EXAMPLE_LAUNCH);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    expect(await target.status(EXAMPLE_LAUNCH)).toEqual([]);
  });

  it('keeps what an instance prints', async () => {
    const printing = createProcessTarget({ ...scene.options, command: ['echo', 'hello from ${version}'] });
    const [instance] = await printing.launch({ ...EXAMPLE_LAUNCH, instances: 1 });
    const log = join(scene.stateFolder, 'logs', `checkout.production.green.${instance?.id}.log`);
    expect(await until(async () => (await readFile(log, 'utf8')) === 'hello from v2\n')).toBe(true);
  });

  it('passes over ports that somebody else listens on', async () => {
    const { first } = scene.options.portRange;
    const occupied: Server = createServer().listen(first, '127.0.0.1');
    await once(occupied, 'listening');
    const instances = await target.launch(EXAMPLE_LAUNCH);
    occupied.close();
    expect(instances.map(({ address }) => address)).not.toContain(`127.0.0.1:${first}`);
  });

  it('fails by code when no port is left', async () => {
    const { first } = scene.options.portRange;
    const narrow = createProcessTarget({ ...scene.options, portRange: { first, last: first } });
    await expect(narrow.launch(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'LAUNCH_FAILED' });
  });

  it('fails by code when the program is not there', async () => {
    const broken = createProcessTarget({ ...scene.options, command: ['/no/such/program'] });
    await expect(broken.launch(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'LAUNCH_FAILED' });
  });

  it('ends an instance that ignores SIGTERM', async () => {
    const stubborn = createProcessTarget({ ...scene.options, command: [process.execPath, '-e', `process.on("SIGTERM", () => {}); ${SERVER}`] });
    const [instance] = await stubborn.launch({ ...EXAMPLE_LAUNCH, instances: 1 });
    expect(instance && (await answers(instance))).toBe(true);
    await retireAll(stubborn, EXAMPLE_LAUNCH);
    expect(await ask(instance?.address ?? '')).toBeUndefined();
  });
});
