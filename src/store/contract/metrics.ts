import { describe, expect, it } from '@jest/globals';
import type { DeploymentStatus } from '../../domain/deployment/status.js';
import type { ContractSubject } from '../contract.js';
import { anObservation } from './observations.js';
import { aDeployment, anEnd, aService } from './samples.js';

export function metricsContract(subject: () => ContractSubject): void {
  const { deployments, metrics } = { deployments: () => subject().stores.deployments, metrics: () => subject().stores.metrics };
  const ended = async (service: string, over: Partial<DeploymentStatus> = {}) => {
    const deployment = aDeployment(service);
    await deployments().request(deployment);
    await deployments().record({ status: anEnd(deployment, over) });
  };

  describe('metrics', () => {
    it('sums up ended deployments by outcome', async () => {
      const service = aService();
      await ended(service);
      await ended(service);
      await ended(service, { phase: 'rolled-back' });
      await deployments().request(aDeployment(service));
      const common = { service, environment: 'production', strategy: 'canary' };
      expect((await metrics().outcomes()).filter((outcome) => outcome.service === service)).toEqual([
        { ...common, phase: 'rolled-back', count: 1, progressingMs: 10, waitingMs: 20 },
        { ...common, phase: 'succeeded', count: 2, progressingMs: 20, waitingMs: 40 },
      ]);
    });

    it('counts breaches at or under each bound', async () => {
      const bounds = [5, 10, 100];
      const before = await metrics().breachToZero(bounds);
      const service = aService();
      for (const breachToZeroMs of [3.5, 10, 500]) await ended(service, { breachToZeroMs });
      await ended(service);
      const after = await metrics().breachToZero(bounds);
      expect(after.counts.map((count, index) => count - (before.counts[index] ?? 0))).toEqual([1, 2, 2]);
      expect([after.count - before.count, after.sumMs - before.sumMs]).toEqual([3, 513.5]);
    });

    it('shows the split of every router instance', async () => {
      const service = aService();
      await subject().stores.observations.observe([anObservation(service)]);
      expect((await metrics().splits()).filter((split) => split.service === service)).toEqual([anObservation(service)]);
    });
  });
}
