import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Notice, Notifier } from './notifier.js';

export interface NotifierScene {
  readonly notifier: Notifier;
  /** What arrived at the receiver, oldest first. */
  delivered(): readonly Notice[];
  /** Makes the receiver fail in passing, or refuse for good. Never called for a local one. */
  become(state: 'down' | 'refusing'): void;
  close(): Promise<void>;
}

export const EXAMPLE_NOTICE: Notice = {
  kind: 'rolled-back', deployment: '01JAAAAAAAAAAAAAAAAAAAAAAA', service: 'checkout', environment: 'production', version: 'v3',
  text: 'checkout v3 was pulled: errors 4 of 12 (limit 5 %).', at: '2026-01-02T03:04:05.000Z',
};

/** What every notifier promises. `local`: delivery is a write of our own, which nobody can refuse. */
export function notifierContract(name: string, kind: 'remote' | 'local', arrange: () => Promise<NotifierScene>): void {
  describe(`${name} keeps the promises of a notifier`, () => {
    let scene: NotifierScene;
    beforeEach(async () => {
      scene = await arrange();
    });
    afterEach(() => scene.close());

    it('delivers the notice as it is', async () => {
      await scene.notifier.notify(EXAMPLE_NOTICE);
      expect(scene.delivered()).toEqual([EXAMPLE_NOTICE]);
    });

    it('rejects with the reason when it is aborted, and delivers nothing', async () => {
      const reason = new Error('no longer wanted');
      await expect(scene.notifier.notify(EXAMPLE_NOTICE, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(scene.delivered()).toEqual([]);
    });

    if (kind === 'local') return;

    it('fails retryably when the receiver is down', async () => {
      scene.become('down');
      await expect(scene.notifier.notify(EXAMPLE_NOTICE)).rejects.toMatchObject({ code: 'NOTIFY_FAILED' });
    });

    it('fails for good when the receiver refuses', async () => {
      scene.become('refusing');
      await expect(scene.notifier.notify(EXAMPLE_NOTICE)).rejects.toMatchObject({ code: 'NOTIFY_REFUSED' });
    });
  });
}
