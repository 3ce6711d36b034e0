import { notifierContract } from './contract.js';
import { createFakeNotifier } from './fake-notifier.js';

notifierContract('the fake', 'remote', async () => {
  const notifier = createFakeNotifier();
  return { notifier, delivered: () => notifier.delivered, become: (state) => notifier.become(state), close: async () => {} };
});
