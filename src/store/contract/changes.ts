import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../../test/support/until.js';
import { firstStatusOf } from '../../domain/deployment/first-status.js';
import type { ContractSubject } from '../contract.js';
import { aDeployment, anEvent, aService } from './samples.js';

export function changeContract(subject: () => ContractSubject): void {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });
  /** What a listener was told of, once it listens. */
  const listening = async (probe: string): Promise<Set<string | undefined>> => {
    const told = new Set<string | undefined>();
    ends.push(subject().stores.changes.subscribe((deployment) => void told.add(deployment)));
    expect(await until(async () => {
      await subject().stores.events.append([anEvent(probe, `${performance.now()}`)]);
      return told.has(probe);
    })).toBe(true);
    return told;
  };

  describe('changes', () => {
    it('are told of events and of newer statuses, by the deployment', async () => {
      const { deployments, events } = subject().stores;
      const [progressing, ended, lost, quiet] = [aDeployment(aService()), aDeployment(aService()), aDeployment(aService()), aDeployment(aService())];
      for (const each of [progressing, ended, lost, quiet]) await deployments.request(each);
      const told = await listening(`probe-${progressing.id}`);
      await deployments.progress({ ...statusOf(progressing), phase: 'progressing' });
      await deployments.record({ status: { ...statusOf(ended), phase: 'succeeded', endedAt: new Date().toISOString() } });
      await deployments.lose(lost.id, 'gone');
      expect(await until(() => [progressing, ended, lost].every(({ id }) => told.has(id)))).toBe(true);
      await events.append([anEvent(quiet.id, 'k')]);
      expect(await until(() => told.has(quiet.id))).toBe(true);
    });

    it('are told to all who listen, and not to who has left', async () => {
      const probe = `probe-${aService()}`;
      const [first, second] = [await listening(probe), await listening(probe)];
      ends.shift()?.();
      await subject().stores.events.append([anEvent(`${probe}-late`, 'k')]);
      expect(await until(() => second.has(`${probe}-late`))).toBe(true);
      expect(first.has(`${probe}-late`)).toBe(false);
    });
  });
}

function statusOf(deployment: ReturnType<typeof aDeployment>) {
  return firstStatusOf({ deployment: deployment.id, plan: deployment.plan }, new Date().toISOString());
}
