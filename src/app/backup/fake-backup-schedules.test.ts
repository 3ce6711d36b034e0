import { describe } from '@jest/globals';
import { aBackupPlan } from '../../../test/support/backup-plans.js';
import { FakeBackupSchedules } from './fake-backup-schedules.js';
import { describeBackupSchedules } from './schedules-contract.js';

describe('a fake schedule', () => {
  const schedules = new FakeBackupSchedules();
  const away = new FakeBackupSchedules();
  away.set('away');
  describeBackupSchedules(() => ({ schedules, away }), aBackupPlan());
});
