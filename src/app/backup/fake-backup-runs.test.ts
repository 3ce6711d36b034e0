import { describe } from '@jest/globals';
import { aRestorePlan } from '../../../test/support/backup-plans.js';
import { describeBackupRuns } from './contract.js';
import { FakeBackupRuns } from './fake-backup-runs.js';

describe('the fake runs of backups', () => {
  const runs = new FakeBackupRuns();
  const away = new FakeBackupRuns();
  away.set('away');
  describeBackupRuns(() => ({ runs, away, terminate: async (kind, { run }) => runs.terminate(kind, run) }), aRestorePlan());
});
