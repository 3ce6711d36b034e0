import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { MetricSource } from './metric-source.js';

/** A store and queries that give each kind of answer. */
export interface MetricScene {
  readonly source: MetricSource;
  /** Gives 0.25. */
  readonly quarter: string;
  /** Gives 0, which is data. */
  readonly zero: string;
  /** Has no result. */
  readonly empty: string;
  /** Gives NaN, such as a division of nothing by nothing. */
  readonly notANumber: string;
  /** The store refuses it or does not answer. */
  readonly refused: string;
  close(): Promise<void>;
}

/** What every metric source promises. */
export function metricSourceContract(name: string, arrange: () => Promise<MetricScene>): void {
  describe(`${name} keeps the promises of a metric source`, () => {
    let scene: MetricScene;
    beforeEach(async () => {
      scene = await arrange();
    });
    afterEach(() => scene.close());

    it('answers a query with its number', async () => {
      expect(await scene.source.query(scene.quarter)).toEqual({ value: 0.25 });
    });

    it('takes zero as data', async () => {
      expect(await scene.source.query(scene.zero)).toEqual({ value: 0 });
    });

    it('takes an empty result as no data', async () => {
      expect(await scene.source.query(scene.empty)).toEqual({});
    });

    it('takes what is not a number as no data', async () => {
      expect(await scene.source.query(scene.notANumber)).toEqual({});
    });

    it('fails with a code when the store refuses the query', async () => {
      await expect(scene.source.query(scene.refused)).rejects.toMatchObject({ code: 'METRIC_UNAVAILABLE' });
    });

    it('rejects with the reason when it is aborted', async () => {
      const reason = new Error('no longer wanted');
      await expect(scene.source.query(scene.quarter, AbortSignal.abort(reason))).rejects.toBe(reason);
    });
  });
}
