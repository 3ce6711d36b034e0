import { describe, expect, it } from '@jest/globals';
import type { ContractSubject } from '../contract.js';
import { aDrill, aDrillPlan, aRestore, aRestoreStatus } from './backup-samples.js';
import { aClaim, aService } from './samples.js';

const END = { phase: 'succeeded', endedAt: '2026-01-01T00:10:00.000Z' } as const;

export function restoreContract(subject: () => ContractSubject): void {
  const restores = () => subject().stores.restores;
  const drills = () => subject().stores.drills;
  const requested = async () => {
    const restore = aRestore(aService());
    await restores().request(restore);
    return restore;
  };

  describe('restores', () => {
    it('keep a request as it was made, once', async () => {
      const restore = aRestore(aService(), { reason: 'half a pair \uD800' });
      await restores().request(restore);
      await restores().request({ ...restore, reason: 'again' });
      expect(await restores().get(restore.id)).toEqual({ ...restore, reason: 'half a pair \uFFFD', status: null, requestedAt: expect.any(String), endedAt: null });
    });

    it('are claimed by one run, and by none once they were lost', async () => {
      const [restore, lost] = [await requested(), await requested()];
      await restores().lose(lost.id, 'gone');
      const claims = await Promise.all(['a', 'b', 'c'].map((run) => restores().claim(restore.id, run)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await restores().claim(lost.id, 'a')).toBe(false);
    });

    it('show progress until they end, and the first end for ever', async () => {
      const restore = await requested();
      await restores().record(aRestoreStatus(restore));
      expect(await restores().get(restore.id)).toMatchObject({ status: { phase: 'copying' }, endedAt: null });
      await restores().record(aRestoreStatus(restore, END));
      await restores().record(aRestoreStatus(restore));
      await restores().record(aRestoreStatus(restore, { ...END, phase: 'failed' }));
      expect(await restores().get(restore.id)).toMatchObject({ status: { phase: 'succeeded' }, endedAt: END.endedAt });
    });

    it('are lost once, hold nobody any more, and take the word of a run that is found', async () => {
      const restore = await requested();
      await restores().record(aRestoreStatus(restore));
      expect(await restores().lose(restore.id, 'gone')).toBe(true);
      expect(await restores().lose(restore.id, 'gone')).toBe(false);
      expect(await restores().get(restore.id)).toMatchObject({ status: { phase: 'lost', held: [], cause: { code: 'LOST', text: 'gone' } }, endedAt: expect.any(String) });
      await restores().record(aRestoreStatus(restore, END));
      expect(await restores().get(restore.id)).toMatchObject({ status: { phase: 'succeeded' }, endedAt: END.endedAt });
    });

    it('say that nobody knows what is live when one was lost that swaps and had begun', async () => {
      const [restore, idle] = [await requested(), await requested()];
      await restores().claim(restore.id, 'a');
      await restores().lose(restore.id, 'gone');
      await restores().lose(idle.id, 'gone');
      expect(await restores().get(restore.id)).toMatchObject({ status: { live: restore.plan.dryRun ? 'old' : 'unknown', cause: { text: expect.stringMatching(/^gone .+/) } } });
      expect(await restores().get(idle.id)).toMatchObject({ status: { live: 'old', cause: { text: 'gone' } } });
    });

    it('free the key of one that was lost before it ran', async () => {
      const [claim, restore, next] = [aClaim(), aRestore(aService()), aRestore(aService())];
      await restores().request(restore, claim);
      await restores().lose(restore.id, 'never started');
      await restores().request(next, claim);
      expect(await restores().get(next.id)).toBeDefined();
    });

    it('say so when there is nothing to record', async () => {
      await expect(restores().record(aRestoreStatus(aRestore(aService())))).rejects.toMatchObject({ code: 'RESTORE_NOT_FOUND' });
    });
  });

  describe('drills', () => {
    it('keep what they took, and the first end', async () => {
      const drill = aDrill(aService());
      const plan = aDrillPlan(drill.service);
      await drills().request(drill);
      expect(await drills().get(drill.id)).toEqual({ ...drill, backup: null, plan: null, proven: null, text: '', tookMs: null, requestedAt: expect.any(String), endedAt: null });
      await drills().open(drill.id, plan);
      await drills().record(drill.id, { proven: true, text: 'equal\u0000', tookMs: 12.5, at: '2026-01-01T01:00:00+01:00' });
      await drills().record(drill.id, { proven: false, text: 'late', tookMs: 1, at: '2026-01-02T00:00:00.000Z' });
      expect(await drills().get(drill.id)).toMatchObject({ backup: plan.backup.id, plan, proven: true, text: 'equal\uFFFD', tookMs: 12.5, endedAt: '2026-01-01T00:00:00.000Z' });
    });

    it('may be skipped before they begin, and then neither proved nor failed', async () => {
      const [skipped, begun] = [aDrill(aService()), aDrill(aService())];
      await drills().request(skipped);
      await drills().request(begun);
      await drills().open(begun.id, aDrillPlan(begun.service));
      for (const { id } of [skipped, begun]) await drills().skip(id, 'another one ran');
      expect(await drills().get(skipped.id)).toMatchObject({ proven: null, text: 'another one ran', tookMs: null, endedAt: expect.any(String) });
      expect(await drills().get(begun.id)).toMatchObject({ proven: null, text: '', endedAt: null });
    });

    it('are lost once, and proved nothing then', async () => {
      const drill = aDrill(aService());
      await drills().request(drill);
      expect(await Promise.all([drills().lose(drill.id, 'gone'), drills().lose(drill.id, 'gone')])).toEqual(expect.arrayContaining([true, false]));
      expect(await drills().get(drill.id)).toMatchObject({ proven: false, text: 'gone', tookMs: expect.any(Number), endedAt: expect.any(String) });
      await drills().record(drill.id, { proven: true, text: 'late', tookMs: 1, at: '2030-01-01T00:00:00.000Z' });
      expect(await drills().lose(drill.id, 'again')).toBe(false);
      expect(await drills().get(drill.id)).toMatchObject({ proven: false, text: 'gone' });
    });

    it('say so when there is none', async () => {
      const { id, service } = aDrill(aService());
      await expect(drills().open(id, aDrillPlan(service))).rejects.toMatchObject({ code: 'DRILL_NOT_FOUND' });
      await expect(drills().record(id, { proven: true, text: '', tookMs: 1, at: '2026-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'DRILL_NOT_FOUND' });
    });
  });
}
