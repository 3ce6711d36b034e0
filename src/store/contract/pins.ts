import { describe, expect, it } from '@jest/globals';
import { SAFETY_KEPT_MS } from '../../domain/backup/pin.js';
import type { FollowUp } from '../../domain/deployment/follow-up.js';
import type { ContractSubject } from '../contract.js';
import { aDrill, aDrillPlan, aRestore, aRestoreStatus, makeVerified } from './backup-samples.js';
import { aDeployment, aService, anEnd } from './samples.js';

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const OFFER: FollowUp = { kind: 'restore-offered', text: '', until: null, backups: [] };

/** Which backups something needs. */
export function pinContract(subject: () => ContractSubject): void {
  const stores = () => subject().stores;
  const pinsOf = async (service: string) => stores().backups.pins({ service, environment: 'production', source: 'orders' });
  const endRestore = (restore: ReturnType<typeof aRestore>, endedAt: string) => stores().restores.record(aRestoreStatus(restore, { phase: 'succeeded', endedAt }));
  const safetyBackup = async (service: string) => {
    const restore = aRestore(service);
    await stores().restores.request(restore);
    return { restore, id: (await makeVerified(stores().backups, service, { trigger: 'safety', key: `${restore.id}/safety` })).id };
  };

  describe('backups that something needs', () => {
    it('are pinned by a restore from its request to its end, and not let go', async () => {
      const service = aService();
      const { id } = await makeVerified(stores().backups, service);
      const restore = aRestore(service, { backup: id });
      await stores().restores.request(restore);
      expect(await pinsOf(service)).toEqual([{ backup: id, kind: 'restore', by: restore.id, until: null }]);
      expect(await stores().backups.letGo([id])).toEqual([]);
      await endRestore(restore, inMs(0));
      expect(await pinsOf(service)).toEqual([]);
      expect(await stores().backups.letGo([id])).toEqual([id]);
    });

    it('are pinned by a drill while it runs', async () => {
      const service = aService();
      const [{ id }, drill, plan] = [await makeVerified(stores().backups, service), aDrill(service), aDrillPlan(service)];
      await stores().drills.request(drill);
      await stores().drills.open(drill.id, { ...plan, backup: { ...plan.backup, id } });
      expect(await pinsOf(service)).toEqual([{ backup: id, kind: 'drill', by: drill.id, until: null }]);
      await stores().drills.record(drill.id, { proven: true, text: '', tookMs: 1, at: inMs(0) });
      expect(await pinsOf(service)).toEqual([]);
    });

    it('made before a restore stay while it runs, and a week longer', async () => {
      const service = aService();
      const { restore, id } = await safetyBackup(service);
      expect(await pinsOf(service)).toEqual([{ backup: id, kind: 'safety', by: restore.id, until: null }]);
      await endRestore(restore, inMs(3_600_000 - SAFETY_KEPT_MS));
      expect(await pinsOf(service)).toMatchObject([{ backup: id, kind: 'safety', until: expect.any(String) }]);
      expect(await stores().backups.letGo([id])).toEqual([]);
    });

    it('made before a restore are free after that week', async () => {
      const service = aService();
      const { restore, id } = await safetyBackup(service);
      await endRestore(restore, inMs(-SAFETY_KEPT_MS - 1_000));
      expect(await pinsOf(service)).toEqual([]);
      expect(await stores().backups.letGo([id])).toEqual([id]);
    });

    it.each([['open', 3_600_000, ['offer']], ['over', -1_000, []]])('made before a deployment stay while it runs; with its offer %s afterwards', async (_, offeredMs, kinds) => {
      const service = aService();
      const deployment = aDeployment(service);
      await stores().deployments.request(deployment);
      const { id } = await makeVerified(stores().backups, service, { trigger: 'deployment', key: `${deployment.id}/production/${service}/orders` });
      expect(await pinsOf(service)).toEqual([{ backup: id, kind: 'deployment', by: deployment.id, until: null }]);
      expect(await stores().backups.letGo([id])).toEqual([]);
      await stores().deployments.record({ status: anEnd(deployment, { phase: 'rolled-back', followUps: [{ ...OFFER, until: inMs(offeredMs) }] }) });
      expect((await pinsOf(service)).map(({ kind }) => kind)).toEqual(kinds);
      expect(await stores().backups.letGo([id])).toEqual(kinds.length === 0 ? [id] : []);
    });

    it('that were let go are refused to a restore and a drill that come after', async () => {
      const service = aService();
      const { id } = await makeVerified(stores().backups, service);
      const [restore, drill, plan] = [aRestore(service, { backup: id }), aDrill(service), aDrillPlan(service)];
      await stores().backups.letGo([id]);
      await stores().restores.request(restore);
      await stores().drills.request(drill);
      await expect(stores().restores.claim(restore.id, 'run')).rejects.toMatchObject({ code: 'BACKUP_FORGOTTEN' });
      await expect(stores().drills.open(drill.id, { ...plan, backup: { ...plan.backup, id } })).rejects.toMatchObject({ code: 'BACKUP_FORGOTTEN' });
    });
  });
}
