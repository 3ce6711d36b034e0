import { describe, expect, it } from '@jest/globals';
import { controlOfSignal } from './signals.js';

const DEFAULTS = { deployment: 'D1', id: 'signal-1' };

describe('a signal', () => {
  it('without fields means this run and its present step', () => {
    expect(controlOfSignal('pause', undefined, DEFAULTS)).toEqual({ kind: 'pause', id: 'signal-1', deployment: 'D1', by: { name: 'unnamed (signal)', roles: [] } });
  });

  it('keeps what it says', () => {
    expect(controlOfSignal('reject', { id: 'i', deployment: 'D2', step: 2, gate: '2/people', reason: 'slow' }, DEFAULTS)).toMatchObject(
      { id: 'i', deployment: 'D2', step: 2, gate: '2/people', reason: 'slow' });
  });

  it('names nobody, whatever it says', () => {
    const forged = { by: { name: 'root', roles: ['admin'] }, reason: 'trust me' };
    expect(controlOfSignal('approve', forged, DEFAULTS).by).toEqual({ name: 'unnamed (signal)', roles: [] });
  });

  it('resolves by slot or by router instance', () => {
    expect(controlOfSignal('resolve', { slot: 'green' }, DEFAULTS).resolve).toEqual({ slot: 'green' });
    expect(controlOfSignal('resolve', { drop: 'b' }, DEFAULTS).resolve).toEqual({ drop: 'b' });
    expect(controlOfSignal('resolve', { slot: 'red' }, DEFAULTS).resolve).toBeUndefined();
  });

  it('that is no object counts as one without fields', () => {
    // What people type into the Web UI is anything at all.
    const typed = JSON.parse('"now"') as Parameters<typeof controlOfSignal>[1];
    expect(controlOfSignal('abort', typed, DEFAULTS)).toEqual(controlOfSignal('abort', undefined, DEFAULTS));
  });
});
