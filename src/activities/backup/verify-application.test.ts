import { beforeEach, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { aBackupPlan, aRestorePlan, aSourceSpec } from '../../../test/support/backup-plans.js';
import { aRelease } from '../../../test/support/plans.js';
import type { Application } from '../../domain/backup/plan.js';
import { createFakeProber, type FakeProber, UNWELL, WELL } from '../../probes/fake-prober.js';
import { createFakeTarget, type FakeTarget } from '../../targets/fake-target.js';
import type { Clock } from '../watch/clock.js';
import { verifyApplication } from './verify-application.js';

describe('the health of applications after a swap', () => {
  let target: FakeTarget;
  let prober: FakeProber;
  let waited: () => Promise<void>;
  let now: number;
  const application: Application = { service: 'shop', slot: 'blue', deployment: ulid(), release: aRelease('v1') };
  const plan = aRestorePlan({ ...aBackupPlan({ environment: 'test' }), source: aSourceSpec() });
  const request = { service: 'shop', environment: 'test', slot: 'blue', deployment: application.deployment, version: 'v1', instances: 2, with: {} } as const;

  beforeEach(async () => {
    [target, prober] = [createFakeTarget(), createFakeProber()];
    waited = async () => undefined;
    await target.launch(request);
  });

  /** Time passes only while it waits. */
  const verified = (applications: readonly Application[] = [application]) => {
    now = 0;
    const clock: Clock = { now: () => now, sleep: async (ms) => { now += ms; await waited(); } };
    const context = { signal: new AbortController().signal, report: () => undefined, firstScheduledAtMs: 0 };
    return verifyApplication({ target: () => target, prober, clock }, { plan, run: ulid(), applications }, context);
  };
  const idOf = (number: number): string => `${application.deployment}-${number}`;

  it('is good when every instance answers well', async () => {
    expect(await verified()).toEqual({ notes: [] });
  });

  it('is waited for', async () => {
    prober.answerAll(UNWELL);
    waited = async () => prober.answerAll(WELL);
    expect(await verified()).toEqual({ notes: [] });
  });

  it('is bad when one instance does not get well', async () => {
    prober.answer(idOf(2), UNWELL);
    await expect(verified()).rejects.toMatchObject({ code: 'VERIFY_FAILED', message: expect.stringContaining(idOf(2)) });
  });

  it.each([['one', [2]], ['every one', [1, 2]]])('is bad when %s of its instances has stopped', async (_, dead) => {
    for (const number of dead) await target.kill(idOf(number));
    await expect(verified()).rejects.toMatchObject({ code: 'VERIFY_FAILED', message: expect.stringContaining('it has stopped') });
  });

  it('is asked where an instance that was started again is now', async () => {
    const [before] = await target.status(request);
    await target.kill(idOf(1));
    waited = async () => { await target.launch(request); };
    expect(await verified()).toEqual({ notes: [] });
    const asked = prober.probed.filter(({ instance }) => instance.id === idOf(1)).map(({ instance }) => instance.address);
    expect(asked).not.toContain(before?.address);
  });

  it('is asked of several side by side', async () => {
    const others = ['basket', 'billing'].map((service) => ({ ...application, service, deployment: ulid() }));
    for (const { service, deployment } of others) await target.launch({ ...request, service, deployment });
    prober.answerAll(UNWELL);
    // Nobody gets well before all were asked, which one after the other would never be.
    waited = async () => {
      if ([application, ...others].every(({ deployment }) => prober.probed.some(({ instance }) => instance.id.startsWith(deployment)))) prober.answerAll(WELL);
    };
    expect(await verified([application, ...others])).toEqual({ notes: [] });
  });

  it('is bad for all as soon as one does not get well in its time', async () => {
    const hasty: Application = { ...application, service: 'basket', deployment: ulid(), release: { ...application.release, launch: { ...application.release.launch, timeoutMs: 2_000 } } };
    await target.launch({ ...request, service: 'basket', deployment: hasty.deployment });
    prober.answerAll(UNWELL);
    await expect(verified([application, hasty])).rejects.toMatchObject({ code: 'VERIFY_FAILED', message: expect.stringContaining('basket') });
    expect(now).toBeLessThan(application.release.launch.timeoutMs);
  });

  it('is a note where there is no instance at all', async () => {
    await target.retire({ ...request, instances: await target.status(request) });
    expect(await verified()).toEqual({ notes: [expect.stringContaining('no instances')] });
  });
});
