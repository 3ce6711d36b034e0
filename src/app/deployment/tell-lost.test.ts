import { describe, expect, it } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import type { DeploymentRecord } from '../../domain/deployment/record.js';
import { createFakeNotifier } from '../../notifiers/fake-notifier.js';
import { tellLostBy } from './tell-lost.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const aRecord = (on: readonly string[]): DeploymentRecord => ({
  id: '01JD0000000000000000000000', service: 'shop', environment: 'test', strategy: 'canary', version: 'v2', phase: 'progressing',
  plan: aPlan({ notify: { releases: { via: { kind: 'log' }, on } } }), by: { name: 'ada', roles: [] }, reason: null, undoes: null, revision: 1, status: null,
  accepted: true, requestedAt: '2030-01-01T00:00:00.000Z', endedAt: null,
});

describe('telling of a lost deployment', () => {
  it('reaches whom the plan names for it', async () => {
    const notifier = createFakeNotifier();
    await tellLostBy(() => notifier, log)(aRecord(['lost']), 'its run is gone');
    expect(notifier.delivered).toMatchObject([{ kind: 'lost', deployment: '01JD0000000000000000000000', text: 'its run is gone' }]);
  });

  it('leaves out who asked for other kinds', async () => {
    const notifier = createFakeNotifier();
    await tellLostBy(() => notifier, log)(aRecord(['succeeded']), 'its run is gone');
    expect(notifier.delivered).toEqual([]);
  });

  it('never fails', async () => {
    const notifier = createFakeNotifier();
    notifier.become('down');
    await expect(tellLostBy(() => notifier, log)(aRecord(['lost']), 'its run is gone')).resolves.toBeUndefined();
  });
});
