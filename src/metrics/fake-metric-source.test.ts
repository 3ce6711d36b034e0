import { metricSourceContract } from './contract.js';
import { createFakeMetricSource } from './fake-metric-source.js';

metricSourceContract('the fake', async () => {
  const source = createFakeMetricSource();
  source.answer('quarter', 0.25);
  source.answer('zero', 0);
  source.answer('notANumber', Number.NaN);
  source.answer('refused', 'away');
  return { source, quarter: 'quarter', zero: 'zero', empty: 'empty', notANumber: 'notANumber', refused: 'refused', close: async () => {} };
});
