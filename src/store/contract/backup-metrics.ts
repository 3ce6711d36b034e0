import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import type { ContractSubject } from '../contract.js';
import type { SourceClaim } from '../stores.js';
import { aBackup, aDrill, aFailure, makeVerified } from './backup-samples.js';
import { aService } from './samples.js';

const [EARLY, LATE, LATER] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'] as const;

export function backupMetricsContract(subject: () => ContractSubject): void {
  const stores = () => subject().stores;
  const metricsOf = async (service: string) => (await stores().metrics.backups()).filter((row) => row.service === service);
  const drilled = async (service: string, proven: boolean, at: string) => {
    const id = await stores().drills.request(aDrill(service));
    await stores().drills.record(id, { proven, text: '', tookMs: 1, at });
  };

  const declared = (service: string, ...sources: readonly Omit<SourceClaim, 'place'>[]) => stores().services.put({
    service, definition: {}, by: 'ada', entries: [], sources: sources.map((source) => ({ ...source, place: `/srv/${service}` })),
  });

  describe('metrics of backups', () => {
    it('sum up each source', async () => {
      const service = aService();
      const newest = await makeVerified(stores().backups, service, { at: LATE });
      await makeVerified(stores().backups, service, { at: EARLY });
      const gone = await makeVerified(stores().backups, service, { at: LATER });
      await stores().backups.forgotten([gone.id]);
      const failed = aBackup(service, { id: ulid(Date.now() + 1_000) });
      await stores().backups.request(failed);
      await stores().backups.record(aFailure(failed));
      await stores().backups.proven(newest.id, EARLY);
      await drilled(service, true, LATE);
      await drilled(service, false, LATER);
      expect(await metricsOf(service)).toEqual([{
        service, environment: 'production', source: 'orders', declared: null, newestVerifiedAt: LATE, newestBytes: 5_000_000_000, newestTookMs: 120_000,
        lastProvenAt: LATE, lastDrillFailedAt: LATER, skippedStarts: { backup: 0, drill: 0 }, byState: { verified: 2, forgotten: 1, failed: 1 },
      }]);
    });

    it('show a source of which nothing was ever verified', async () => {
      const service = aService();
      await stores().backups.request(aBackup(service));
      expect(await metricsOf(service)).toEqual([{
        service, environment: 'production', source: 'orders', declared: null, newestVerifiedAt: null, newestBytes: null, newestTookMs: null,
        lastProvenAt: null, lastDrillFailedAt: null, skippedStarts: { backup: 0, drill: 0 }, byState: { requested: 1 },
      }]);
    });

    it('have a row of what is declared, with and without backups', async () => {
      const [service, other] = [aService(), aService()];
      await stores().backups.request(aBackup(service, { maxAgeMs: 1 }));
      await declared(service, { environment: 'production', source: 'orders', maxAgeMs: 86_400_000 });
      await declared(other, { environment: 'staging', source: 'files', maxAgeMs: null });
      expect(await metricsOf(service)).toMatchObject([{ declared: { at: expect.stringMatching(/Z$/), maxAgeMs: 86_400_000 }, byState: { requested: 1 } }]);
      expect(await metricsOf(other)).toEqual([{
        service: other, environment: 'staging', source: 'files', declared: { at: expect.stringMatching(/Z$/), maxAgeMs: null }, newestVerifiedAt: null, newestBytes: null, newestTookMs: null,
        lastProvenAt: null, lastDrillFailedAt: null, skippedStarts: { backup: 0, drill: 0 }, byState: {},
      }]);
      await declared(service, { environment: 'production', source: 'orders', maxAgeMs: 60_000 });
      await declared(other);
      expect(await metricsOf(service)).toMatchObject([{ declared: { maxAgeMs: 60_000 } }]);
      expect(await metricsOf(other)).toEqual([]);
    });

    it('count the starts of schedules that were skipped, and no others', async () => {
      const service = aService();
      for (const trigger of ['schedule', 'schedule', 'deployment'] as const) {
        const backup = aBackup(service, { trigger });
        await stores().backups.request(backup);
        await stores().backups.skip(backup.id, 'another one ran');
      }
      await drilled(service, false, LATE);
      const drill = await stores().drills.request(aDrill(service));
      await stores().drills.skip(drill, 'another one ran');
      expect(await metricsOf(service)).toMatchObject([{ skippedStarts: { backup: 2, drill: 1 } }]);
      const address = { service, environment: 'production', source: 'orders' };
      expect([await stores().backups.skippedStarts(address), await stores().drills.skippedStarts(address)]).toEqual([2, 1]);
      expect(await stores().backups.skippedStarts({ ...address, source: 'files' })).toBe(0);
    });

    it('take the last proof from a backup that is gone by now', async () => {
      const service = aService();
      const { id } = await makeVerified(stores().backups, service);
      await stores().backups.proven(id, LATER);
      await drilled(service, true, LATE);
      await stores().backups.forgotten([id]);
      expect(await metricsOf(service)).toMatchObject([{ lastProvenAt: LATER, lastDrillFailedAt: null }]);
    });
  });
}
