import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HealthCheck } from '../domain/service/environment.js';
import type { ProbeSubject, Prober } from './probe.js';

/** A prober with instances of every kind. All of them are asked by `check`. */
export interface ProberScene {
  readonly prober: Prober;
  /** With a time limit of at most 500 ms. */
  readonly check: HealthCheck;
  readonly well: ProbeSubject;
  /** Answers, wrongly. */
  readonly unwell: ProbeSubject;
  /** Nothing listens there, or nothing ever answers. */
  readonly silent: ProbeSubject;
  /** Answers rightly, after at least 50 ms. */
  readonly slow: ProbeSubject;
  close(): Promise<void>;
}

/** What every prober promises. */
export function proberContract(name: string, arrange: () => Promise<ProberScene>): void {
  describe(`${name} keeps the promises of a prober`, () => {
    let scene: ProberScene;
    beforeEach(async () => {
      scene = await arrange();
    });
    afterEach(() => scene.close());

    it('finds a well instance well', async () => {
      const result = await scene.prober.probe(scene.check, scene.well);
      expect(result).toEqual({ ok: true, tookMs: expect.any(Number) });
    });

    it('finds an unwell instance unwell and says why', async () => {
      const result = await scene.prober.probe(scene.check, scene.unwell);
      expect(result).toEqual({ ok: false, tookMs: expect.any(Number), detail: expect.stringMatching(/./) });
    });

    it('does not throw when nobody answers, and ends about in time', async () => {
      const startedMs = performance.now();
      const result = await scene.prober.probe(scene.check, scene.silent);
      expect(result).toMatchObject({ ok: false, unreached: true });
      expect(performance.now() - startedMs).toBeLessThan(scene.check.timeoutMs + 2_000);
    });

    it('takes a slow answer as it is when no limit is set', async () => {
      expect((await scene.prober.probe(scene.check, scene.slow)).ok).toBe(true);
    });

    it('takes an answer slower than the critical limit as a failed one', async () => {
      const result = await scene.prober.probe({ ...scene.check, slow: { criticalMs: 10 } }, scene.slow);
      expect(result.ok).toBe(false);
      expect(result.tookMs).toBeGreaterThan(10);
    });

    it('rejects when it is aborted, so that an abort never looks like an unwell instance', async () => {
      const reason = new Error('no longer wanted');
      await expect(scene.prober.probe(scene.check, scene.well, AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
