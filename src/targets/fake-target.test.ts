import { afterEach, describe, expect, it } from '@jest/globals';
import { EXAMPLE_LAUNCH, targetContract } from './contract.js';
import { createFakeTarget, type FakeTarget } from './fake-target.js';

const answers = async (address: string): Promise<boolean> =>
  fetch(`http://${address}/`).then((response) => response.ok, () => false);

targetContract('the fake in memory', 'managed', async () => {
  const target = createFakeTarget();
  return { target, close: () => target.close() };
});

targetContract('the fake that serves', 'managed', async () => {
  const target = createFakeTarget({ serve: () => (_request, response) => response.end('well') });
  return { target, runs: (instance) => answers(instance.address), close: () => target.close() };
});

describe('the fake target', () => {
  let target: FakeTarget;
  afterEach(() => target.close());

  it('keeps instances starting until it is told otherwise', async () => {
    target = createFakeTarget();
    target.become('slow');
    const [instance] = await target.launch(EXAMPLE_LAUNCH);
    expect(instance?.state).toBe('starting');
    target.finishStarting();
    expect((await target.status(EXAMPLE_LAUNCH)).map(({ state }) => state)).toEqual(['running', 'running']);
  });

  it('fails to launch when told so', async () => {
    target = createFakeTarget();
    target.become('failing');
    await expect(target.launch(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'LAUNCH_FAILED' });
  });

  it('is unreachable when away', async () => {
    target = createFakeTarget();
    target.become('away');
    await expect(target.status(EXAMPLE_LAUNCH)).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
  });

  it('lets an instance die, and launches it again', async () => {
    target = createFakeTarget({ serve: () => (_request, response) => response.end('well') });
    const [instance] = await target.launch(EXAMPLE_LAUNCH);
    await target.kill(instance?.id ?? '');
    expect(await answers(instance?.address ?? '')).toBe(false);
    expect((await target.launch(EXAMPLE_LAUNCH)).map(({ state }) => state)).toEqual(['running', 'running']);
  });
});
