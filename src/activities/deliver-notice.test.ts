import { expect, it } from '@jest/globals';
import type { NotifySpec } from '../domain/service/environment.js';
import { createFakeNotifier } from '../notifiers/fake-notifier.js';
import { EXAMPLE_NOTICE } from '../notifiers/contract.js';
import type { Notifier } from '../notifiers/notifier.js';
import { deliverNotice } from './deliver-notice.js';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const receiver: NotifySpec = { via: { kind: 'webhook', url: { text: 'https://alerting.test' } }, on: [EXAMPLE_NOTICE.kind] };
const both = { first: receiver, second: { ...receiver, via: { kind: 'log' } } } satisfies Record<string, NotifySpec>;

it('a receiver that hangs keeps nothing from those behind it', async () => {
  const [second, over] = [createFakeNotifier(), new AbortController()];
  const hanging: Notifier = { notify: (_, signal) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('too long')))) };
  let told: readonly string[] = [];
  const report = (names: readonly string[]): void => {
    told = names;
    over.abort();
  };
  const delivery = { notifier: ({ kind }: NotifySpec['via']) => (kind === 'log' ? second : hanging), logger, before: [], report, signal: over.signal };
  await expect(deliverNotice(EXAMPLE_NOTICE, both, delivery)).rejects.toThrow('too long');
  expect([told, second.delivered]).toEqual([['second'], [EXAMPLE_NOTICE]]);
});

it('a receiver that refused for good is not asked again when another one is', async () => {
  const [refusing, down] = [createFakeNotifier(), createFakeNotifier()];
  refusing.become('refusing');
  down.become('down');
  let told: readonly string[] = [];
  const delivery = { notifier: ({ kind }: NotifySpec['via']) => (kind === 'log' ? down : refusing), logger, before: [], report: (names: readonly string[]) => void (told = names), signal: new AbortController().signal };
  await expect(deliverNotice(EXAMPLE_NOTICE, both, delivery)).rejects.toMatchObject({ code: 'NOTIFY_FAILED' });
  expect(told).toEqual(['first']);
});
