import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { controlSignal } from '../../src/workflows/deployment/messages.js';
import { createDelivery, type Delivery, type LiveDeployment } from '../support/delivery.js';
import { aGate, aStep } from '../support/plans.js';

const BACKEND = 'shop-test';
const LONG_BAKE = { steps: [aStep(1, 10, { bakeMs: 600_000 }), aStep(2, 50)] };

describe('a control', () => {
  let delivery: Delivery;
  let live: LiveDeployment | undefined;
  beforeAll(async () => {
    delivery = await createDelivery();
    await delivery.settleV1();
  }, 60_000);
  afterAll(() => delivery.close());

  const candidateShare = (): number => delivery.fake.control.entry(BACKEND).candidateShare;
  const inFirstBake = async (plan = LONG_BAKE): Promise<LiveDeployment> => {
    live = await delivery.start(plan);
    await live.when(({ split }) => split !== null && Math.min(split.blue, split.green) === 1_000);
    return live;
  };
  const refusal = async (sent: Promise<unknown>): Promise<string | null | undefined> => {
    const error: unknown = await sent.then(() => undefined, (reason: unknown) => reason);
    return error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure ? error.cause.type : String(error);
  };

  it('abort in a bake takes the traffic back and stops the candidate', async () => {
    const deployment = await inFirstBake();
    await deployment.send('abort', { reason: 'too slow' });
    expect(await deployment.outcome()).toMatchObject({ phase: 'rolled-back', code: 'ABORTED', text: 'too slow' });
    expect(candidateShare()).toBe(0);
    expect(delivery.target.retired.at(-1)).toMatchObject({ slot: delivery.fake.control.entry(BACKEND).stable === 'blue' ? 'green' : 'blue' });
  }, 60_000);

  it('a cancel from Temporal is an abort', async () => {
    const deployment = await inFirstBake();
    await deployment.handle.cancel();
    expect(await deployment.outcome()).toMatchObject({ phase: 'rolled-back', code: 'CANCELLED' });
    expect(candidateShare()).toBe(0);
  }, 60_000);

  it('pause holds the split, and resume goes on', async () => {
    const deployment = await inFirstBake({ steps: [aStep(1, 10, { bakeMs: 600_000 }), aStep(2, 50)] });
    expect(await deployment.send('pause')).toMatchObject({ paused: true });
    // A bake goes on while it is paused; what is held comes after it, however slow this machine is.
    await deployment.send('skip');
    const held = await deployment.when(({ waitsFor }) => waitsFor?.startsWith('paused') === true);
    expect(Math.min(held.split?.blue ?? 0, held.split?.green ?? 0)).toBe(1_000);
    await deployment.send('resume');
    expect(await deployment.outcome()).toMatchObject({ phase: 'succeeded' });
  }, 60_000);

  it('skip ends this bake and no other', async () => {
    const deployment = await inFirstBake({ steps: [aStep(1, 10, { bakeMs: 600_000 }), aStep(2, 50, { bakeMs: 600_000 })] });
    await deployment.send('skip');
    await deployment.when(({ step, split }) => step === 2 && split?.blue === 5_000);
    await deployment.send('abort');
    expect(await deployment.outcome()).toMatchObject({ phase: 'rolled-back' });
  }, 60_000);

  it('promote ends the remaining bakes', async () => {
    const deployment = await inFirstBake({ steps: [aStep(1, 10, { bakeMs: 600_000 }), aStep(2, 50, { bakeMs: 600_000 })] });
    await deployment.send('promote');
    expect(await deployment.outcome()).toMatchObject({ phase: 'succeeded' });
  }, 60_000);

  it('promote never passes a gate', async () => {
    const deployment = await inFirstBake({ steps: [aStep(1, 10, { bakeMs: 600_000, gate: aGate('people') }), aStep(2, 50)] });
    await deployment.send('promote');
    await deployment.when(({ gates }) => gates[0]?.address === '1/people');
    await deployment.send('approve', { gate: '1/people' });
    expect(await deployment.outcome()).toMatchObject({ phase: 'succeeded' });
  }, 60_000);

  it('the same message twice takes effect once', async () => {
    const deployment = await inFirstBake();
    await deployment.send('pause', { id: 'same' });
    expect(await deployment.send('pause', { id: 'same' })).toMatchObject({ paused: true });
    await deployment.send('abort');
    await deployment.outcome();
  }, 60_000);

  it('for another deployment, another step, or out of place is refused by its code', async () => {
    const deployment = await inFirstBake();
    expect(await refusal(deployment.send('pause', { deployment: '01JD0000000000000000000000' }))).toBe('WRONG_DEPLOYMENT');
    expect(await refusal(deployment.send('skip', { step: 2 }))).toBe('WRONG_STEP');
    expect(await refusal(deployment.send('resume'))).toBe('NOT_PAUSED');
    expect(await refusal(deployment.send('approve', { gate: '1/people' }))).toBe('GATE_NOT_OPEN');
    expect(await refusal(deployment.send('resolve', { resolve: { slot: 'blue' } }))).toBe('NOT_IN_ATTENTION');
    await deployment.send('abort');
    expect(await refusal(deployment.send('pause'))).toMatch(/ABORTING|DEPLOYMENT_ENDED/);
    await deployment.outcome();
  }, 60_000);

  it('by signal steers a canary from the Web UI', async () => {
    const deployment = await inFirstBake({ steps: [aStep(1, 10, { bakeMs: 1_000, gate: aGate('people') }), aStep(2, 50, { bakeMs: 600_000 })] });
    await deployment.handle.signal(controlSignal('pause'));
    await deployment.when(({ paused }) => paused);
    await deployment.handle.signal(controlSignal('resume'));
    await deployment.when(({ gates }) => gates.length === 1);
    await deployment.handle.signal(controlSignal('approve'));
    await deployment.when(({ split }) => split?.blue === 5_000);
    await deployment.handle.signal(controlSignal('abort'), { reason: 'seen enough' });
    expect(await deployment.outcome()).toMatchObject({ phase: 'rolled-back', code: 'ABORTED', text: 'seen enough' });
  }, 60_000);

  it('by signal counts for nothing at a gate that asks for a role, and the details say so', async () => {
    const deployment = await inFirstBake({ steps: [aStep(1, 10, { gate: aGate('managers', { role: 'approver' }) }), aStep(2, 50)] });
    await deployment.when(({ gates }) => gates.length === 1);
    await deployment.handle.signal(controlSignal('approve'));
    const status = await deployment.when(({ notes }) => notes.some((note) => note.includes('ROLE_REQUIRED')));
    expect(status.gates).toHaveLength(1);
    await deployment.send('reject');
    expect(await deployment.outcome()).toMatchObject({ phase: 'rolled-back', code: 'REJECTED' });
  }, 60_000);
});
