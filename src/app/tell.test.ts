import { describe, expect, it } from '@jest/globals';
import { createFakeNotifier } from '../notifiers/fake-notifier.js';
import type { Notice } from '../notifiers/notifier.js';
import { tellBy } from './tell.js';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const NOTICE: Notice = { kind: 'lost', deployment: '01JD0000000000000000000000', service: 'shop', environment: 'test', text: 'its run is gone', at: '2030-01-01T00:00:00.000Z' };
const receivers = (on: readonly string[]) => ({ releases: { via: { kind: 'log' as const }, on } });

describe('telling', () => {
  it('reaches whom the receivers’ lists name for it', async () => {
    const notifier = createFakeNotifier();
    await tellBy(() => notifier, log)(receivers(['lost']), NOTICE);
    expect(notifier.delivered).toMatchObject([NOTICE]);
  });

  it('leaves out who asked for other kinds', async () => {
    const notifier = createFakeNotifier();
    await tellBy(() => notifier, log)(receivers(['succeeded']), NOTICE);
    expect(notifier.delivered).toEqual([]);
  });

  it('never fails, and names whom it could not reach', async () => {
    const notifier = createFakeNotifier();
    notifier.become('down');
    await expect(tellBy(() => notifier, log)(receivers(['lost']), NOTICE)).resolves.toEqual(['releases']);
    notifier.become('well');
    await expect(tellBy(() => notifier, log)(receivers(['lost']), NOTICE)).resolves.toEqual([]);
  });

  it('has nothing to try again where a receiver refuses for good', async () => {
    const notifier = createFakeNotifier();
    notifier.become('refusing');
    await expect(tellBy(() => notifier, log)(receivers(['lost']), NOTICE)).resolves.toEqual([]);
  });
});
