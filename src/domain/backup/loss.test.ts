import { describe, expect, it } from '@jest/globals';
import { aSourceSpec } from '../../../test/support/backup-plans.js';
import { lossOf, pointOfNoReturnOf } from './loss.js';

const AT = '2030-01-01T00:00:00.000Z';
const HOUR_MS = 3_600_000;
const facts = { source: aSourceSpec(), at: AT, nowMs: Date.parse(AT) + 2.5 * HOUR_MS, newer: [], dryRun: false, safety: 'required' as const };
const quiesced = (quiesce: NonNullable<ReturnType<typeof aSourceSpec>['restore']['quiesce']>) => ({ ...facts, source: aSourceSpec({ restore: { ...facts.source.restore, quiesce } }) });

describe('what a restore loses', () => {
  it('names the instant and how long it is ago', () => {
    expect(lossOf(facts)).toContain(`${AT} (2.5h ago)`);
  });

  it('counts the newer backups it passes over', () => {
    expect(lossOf({ ...facts, newer: ['2030-01-01T02:00:00.000Z', '2030-01-01T01:00:00.000Z'] })).toContain('2 newer verified backups are passed over, the newest of 2030-01-01T02:00:00.000Z');
    expect(lossOf(facts)).not.toContain('passed over');
  });

  it('says that writes meanwhile are lost, unless they are stopped', () => {
    expect(lossOf(facts)).toContain('gone for good');
    expect(lossOf(quiesced({ kind: 'read-only' }))).toMatch(/ordinary client.*makes itself writable again/);
    expect(lossOf(quiesced({ kind: 'command', stop: ['stop'], start: ['start'], timeoutMs: 1_000 }))).toContain('command stops the writers');
  });

  it('promises no safety backup where it is only tried', () => {
    expect([lossOf(facts), pointOfNoReturnOf(facts)]).toEqual([expect.stringContaining('the safety backup keeps it'), expect.not.stringContaining('if one could be made')]);
    const tried = { ...facts, safety: 'try' as const };
    expect([lossOf(tried), pointOfNoReturnOf(tried)]).toEqual([expect.stringContaining('only if one can be made'), expect.stringContaining('if one could be made')]);
  });

  it('names the gap of a folder', () => {
    expect(lossOf(facts)).toContain('two renames');
    expect(lossOf({ ...facts, source: aSourceSpec({ at: { kind: 'postgres', url: { secret: 'URL' } } }) })).not.toContain('two renames');
  });

  it('is nothing as long as nothing is swapped', () => {
    expect(lossOf({ ...facts, dryRun: true })).toMatch(/^Nothing: it ends before the swap/);
  });

  it('says that writes are allowed again before the health checks, and stopped to go back', () => {
    expect(pointOfNoReturnOf(quiesced({ kind: 'read-only' }))).toContain('before the health checks; going back stops them once more');
    expect(pointOfNoReturnOf(facts)).not.toContain('health checks');
  });

  it('cannot be taken back when the old data is dropped', () => {
    const keeping = (keepOldMs: number) => pointOfNoReturnOf({ ...facts, source: { ...facts.source, restore: { ...facts.source.restore, keepOldMs } } });
    expect(keeping(HOUR_MS)).toContain('1h after the swap');
    expect(keeping(0)).toContain('As soon as the swap was verified');
  });
});
