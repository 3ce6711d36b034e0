import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ulid } from 'ulid';
import type { ControlMessage } from '../../domain/deployment/control-message.js';
import type { Plan } from '../../domain/deployment/plan.js';
import type { DeploymentInput } from '../../workflows/deployment/input.js';
import type { DeploymentRuns, RunAddress } from './deployment-runs.js';

export interface RunsSubject {
  readonly runs: DeploymentRuns;
  /** The same, with a server that does not answer. */
  readonly away: DeploymentRuns;
  /** As a restore that takes the lock of a service. */
  hold(environment: string, service: string, restore: string): Promise<void>;
  /** As an operator's terminate. */
  terminate(address: RunAddress): Promise<void>;
}

const BY = { name: 'ada', roles: ['admin'] };

/** What every implementation of the port promises. `plan` is any that the implementation can carry out. */
export function describeDeploymentRuns(subject: () => RunsSubject, plan: Plan): void {
  const aRun = (): { input: DeploymentInput; address: RunAddress } => {
    const deployment = ulid();
    const service = `s${randomBytes(4).toString('hex')}`;
    const input = { deployment, plan: { ...plan, service }, by: BY };
    return { input, address: { deployment, service, environment: plan.environment } };
  };
  const aMessage = (deployment: string, more: Partial<ControlMessage> = {}): ControlMessage => ({ id: ulid(), deployment, by: BY, ...more });
  const started = async (): Promise<ReturnType<typeof aRun>> => {
    const run = aRun();
    await subject().runs.start(run.input);
    return run;
  };

  describe('start', () => {
    it('is idempotent by deployment', async () => {
      const { input } = aRun();
      expect(await subject().runs.start(input)).toEqual({ start: 'new' });
      expect(await subject().runs.start(input)).toEqual({ start: 'same' });
    });

    it('names the deployment that holds the lock', async () => {
      const { input } = await started();
      expect(await subject().runs.start({ ...input, deployment: ulid() })).toEqual({ start: 'other', live: input.deployment });
    });

    it('gives the lock to exactly one of many', async () => {
      const { input } = aRun();
      const results = await Promise.all(Array.from({ length: 5 }, () => subject().runs.start({ ...input, deployment: ulid() })));
      expect(results.filter(({ start }) => start === 'new').length).toBe(1);
      expect(results.filter(({ start }) => start === 'other').length).toBe(4);
    });

    it('names the restore that holds the service', async () => {
      const { input, address } = aRun();
      const restore = ulid();
      await subject().hold(address.environment, address.service, restore);
      expect(await subject().runs.start(input)).toEqual({ start: 'held', restore });
      expect(await subject().runs.describe(address.environment, address.service)).toMatchObject({ state: 'running', heldBy: restore });
    });

    it('finds the lock free after the end', async () => {
      const { input, address } = await started();
      await subject().terminate(address);
      expect(await subject().runs.start({ ...input, deployment: ulid() })).toEqual({ start: 'new' });
    });
  });

  describe('control', () => {
    it('answers with the new status', async () => {
      const { input, address } = await started();
      expect(await subject().runs.control(address, 'pause', aMessage(input.deployment))).toMatchObject({ deployment: input.deployment, paused: true });
    });

    it('carries out a message once', async () => {
      const { input, address } = await started();
      const message = aMessage(input.deployment);
      await subject().runs.control(address, 'pause', message);
      expect(await subject().runs.control(address, 'pause', message)).toMatchObject({ paused: true });
    });

    it('is remembered by the run, so that a repeat can be told from something new', async () => {
      const { input, address } = await started();
      const message = aMessage(input.deployment);
      expect(await subject().runs.control(address, 'pause', message)).toMatchObject({ messages: [message.id] });
      expect(await subject().runs.status(address)).toMatchObject({ messages: [message.id] });
    });

    it('answers a refusal by its code', async () => {
      const { input, address } = await started();
      await expect(subject().runs.control(address, 'resume', aMessage(input.deployment))).rejects.toMatchObject({ code: 'NOT_PAUSED' });
    });

    it('is refused by the run of another deployment', async () => {
      const { address } = await started();
      await expect(subject().runs.control(address, 'pause', aMessage(ulid()))).rejects.toMatchObject({ code: 'WRONG_DEPLOYMENT' });
    });

    it('has nobody to tell after the end', async () => {
      const { input, address } = await started();
      await subject().terminate(address);
      await expect(subject().runs.control(address, 'abort', aMessage(input.deployment))).rejects.toMatchObject({ code: 'DEPLOYMENT_ENDED' });
    });
  });

  describe('what is known of a run', () => {
    it('is its own word while it lives', async () => {
      const { input, address } = await started();
      expect(await subject().runs.status(address)).toMatchObject({ deployment: input.deployment, service: address.service, endedAt: null });
      expect(await subject().runs.plan(address)).toMatchObject({ service: address.service, environment: plan.environment });
    });

    it('is no word of its own once it has ended, in whatever way', async () => {
      const { address } = await started();
      expect(await subject().runs.ask(address)).toMatchObject({ state: 'open' });
      await subject().terminate(address);
      expect([await subject().runs.ask(address), await subject().runs.status(address)]).toEqual([{ state: 'closed' }, undefined]);
    });

    it('is whether it runs, beside all others that do', async () => {
      const { input, address } = await started();
      const isRunning = async (): Promise<boolean> => (await subject().runs.running()).has(input.deployment);
      expect(await soon(async () => (await isRunning()) || undefined)).toBe(true);
      await subject().terminate(address);
      expect(await soon(async () => !(await isRunning()) || undefined)).toBe(true);
    });

    it('is silence when another deployment holds the lock', async () => {
      const { address } = await started();
      expect(await subject().runs.status({ ...address, deployment: ulid() })).toBeUndefined();
    });

    it('is who holds or held the lock', async () => {
      const { address } = await started();
      const { environment, service } = address;
      expect(await subject().runs.describe(environment, service)).toEqual({ ...address, state: 'running', closedAt: null, heldBy: null });
      await subject().terminate(address);
      expect(await subject().runs.describe(environment, service)).toEqual({ ...address, state: 'gone', closedAt: expect.any(String), heldBy: null });
      expect(await subject().runs.describe(environment, 'nobody')).toBeUndefined();
    });

    it('is found by the deployment alone while it runs', async () => {
      const { input, address } = await started();
      expect(await soon(() => subject().runs.findRunning(input.deployment))).toEqual(address);
      expect(await subject().runs.findRunning(ulid())).toBeUndefined();
    });
  });

  describe('without a server', () => {
    it('what must be done is refused as retryable', async () => {
      const { input, address } = aRun();
      const { away } = subject();
      await expect(away.start(input)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.describe(address.environment, address.service)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.running()).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.findRunning(input.deployment)).rejects.toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
      await expect(away.control(address, 'abort', aMessage(input.deployment))).rejects.toMatchObject({ code: expect.stringMatching(/^TEMPORAL_(?:UNAVAILABLE|TIMEOUT)$/) });
    });

    it('what may be asked is silence, and readiness says so', async () => {
      const { address } = aRun();
      expect(await subject().away.status(address)).toBeUndefined();
      expect(await subject().away.plan(address)).toBeUndefined();
      expect(await subject().away.readiness()).toMatchObject({ temporal: expect.any(String) });
    });
  });
}

/** An index may lag behind by a moment. */
async function soon<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  return undefined;
}
