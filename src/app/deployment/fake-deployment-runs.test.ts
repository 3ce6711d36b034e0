import { describe } from '@jest/globals';
import { aPlan } from '../../../test/support/plans.js';
import { describeDeploymentRuns } from './contract.js';
import { FakeDeploymentRuns } from './fake-deployment-runs.js';

describe('the fake runs', () => {
  const runs = new FakeDeploymentRuns();
  const away = new FakeDeploymentRuns();
  away.set('away');
  describeDeploymentRuns(() => ({
    runs, away,
    hold: async (environment, service, restore) => runs.hold(environment, service, restore),
    terminate: async ({ deployment }) => runs.terminate(deployment),
  }), aPlan());
});
