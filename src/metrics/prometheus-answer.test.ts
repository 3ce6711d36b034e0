import { describe, expect, it } from '@jest/globals';
import { readAnswer } from './prometheus-answer.js';

const answering = (value: string, more: object = {}) => (
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ metric: {}, value: [1_435_781_451.781, value] }] }, ...more })
);
const read = (text: string) => readAnswer(text, 'refused');

// As servers send them: Prometheus 3, an older one, Thanos Query with a store away, a cluster of VictoriaMetrics with a storage away.
const INFO = 'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "up" (1:6)';
const THANOS = 'No StoreAPIs matched for this query';
const PROMQL_WARNING = 'PromQL warning: encountered a mix of histograms and floats for metric name "x" (1:5)';

describe('the value of an answer', () => {
  it.each([['0', 0], ['-0.5', -0.5], ['.5', 0.5], ['5.', 5], ['+3', 3], ['1e+06', 1_000_000], ['0.30000000000000004', 0.1 + 0.2], ['1e400', Number.MAX_VALUE], ['+Inf', Number.MAX_VALUE], ['-Inf', -Number.MAX_VALUE]])('%j is a number', (text, value) => {
    expect(read(answering(text))).toEqual({ ok: true, answer: { value } });
  });

  it('is no data when it is NaN', () => {
    expect(read(answering('NaN'))).toEqual({ ok: true, answer: {} });
  });

  it.each(['', ' ', '\n', '0x10', '0b1', '0o7', '1,5', '1 000', ' 1', '1_000', 'Infinity', 'null', 'true', '--1', 'e5', '.', 'NaN '])('%j is none, and an error', (text) => {
    expect(read(answering(text)).ok).toBe(false);
  });

  it('may be a scalar', () => {
    expect(read('{"status":"success","data":{"resultType":"scalar","result":[1435781460.781,"1"]}}')).toEqual({ ok: true, answer: { value: 1 } });
  });
});

describe('a remark on an answer', () => {
  it.each([['infos', { infos: [INFO] }], ['warnings', { warnings: [INFO] }]])('about the query is a note, in %s', (_, more) => {
    expect(read(answering('0.25', more))).toEqual({ ok: true, answer: { value: 0.25, notes: [INFO] } });
  });

  it('goes with an empty result too', () => {
    expect(read(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] }, infos: [INFO] }))).toEqual({ ok: true, answer: { notes: [INFO] } });
  });

  it.each([
    ['a warning of a store that is away', { warnings: [THANOS] }, THANOS],
    ['a warning of the query language', { warnings: [INFO, PROMQL_WARNING] }, PROMQL_WARNING],
    ['a mark that it is partial', { isPartial: true }, 'isPartial'],
  ])('that makes it doubtful is an error, or a note where that is allowed: %s', (_, more, note) => {
    const text = answering('0.25', more);
    expect(read(text).ok).toBe(false);
    expect(readAnswer(text, 'noted')).toMatchObject({ ok: true, answer: { value: 0.25, notes: expect.arrayContaining([note]) } });
  });

  it.each([{ warnings: [] }, { warnings: null, infos: null }, { isPartial: false }])('that says nothing is none: %j', (more) => {
    expect(read(answering('0.25', more))).toEqual({ ok: true, answer: { value: 0.25 } });
  });
});
