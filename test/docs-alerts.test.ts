import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { backupFamilies } from '../src/api/system/backup-families.js';
import { retentionFamilies } from '../src/api/system/retention-families.js';
import { scheduleFamilies } from '../src/api/system/schedule-families.js';
import { whenInstalled } from './support/programs.js';

const SOURCE = 'service="shop",environment="production",source="orders"';
const page = readFileSync(new URL('../docs/backups.md', import.meta.url), 'utf8');
const rules = /```yaml\n(groups:\n.*?)```/s.exec(page)?.[1] ?? '';

/** Series as `promtool` writes them, and the alerts that they raise at the end. */
interface Scene {
  readonly series: Readonly<Record<string, string>>;
  /** Between two values. @default 1m */
  readonly every?: '1m' | '1h';
  readonly lasts: string;
  readonly raises: readonly string[];
}

const seen = (name: string, values: string, labels = SOURCE): Record<string, string> => ({ [`${name}{${labels}}`]: values, slipway_database_up: '1x400' });

const SCENES: Readonly<Record<string, Scene>> = {
  'a day on which all is well': {
    series: {
      ...seen('slipway_backup_too_old', '0x60'), ...seen('slipway_backups', '0x60', `${SOURCE},state="damaged"`), ...seen('slipway_backup_last_proven_restore_timestamp_seconds', '3000x60'),
      ...seen('slipway_backup_last_failed_drill_timestamp_seconds', '1000x60'), ...seen('slipway_backup_last_verified_timestamp_seconds', '3000x60'),
      ...seen('slipway_backup_last_retained_timestamp_seconds', '2000x60'),
    },
    lasts: '60m', raises: [],
  },
  'data that is too old': { series: seen('slipway_backup_too_old', '1x60'), lasts: '60m', raises: ['SlipwayBackupTooOld'] },
  'a damaged backup': { series: seen('slipway_backups', '2x60', `${SOURCE},state="damaged"`), lasts: '60m', raises: ['SlipwayBackupDamaged'] },
  'a drill that failed after one that proved': {
    series: { ...seen('slipway_backup_last_failed_drill_timestamp_seconds', '2000x60'), ...seen('slipway_backup_last_proven_restore_timestamp_seconds', '1000x60') }, lasts: '60m', raises: ['SlipwayDrillFailed'],
  },
  'a drill that failed where none ever proved': { series: seen('slipway_backup_last_failed_drill_timestamp_seconds', '2000x60'), lasts: '60m', raises: ['SlipwayDrillFailed'] },
  'a proof of long ago': { series: seen('slipway_backup_last_proven_restore_timestamp_seconds', '0x400'), every: '1h', lasts: '16d', raises: ['SlipwayBackupUnproven'] },
  'a source of which nothing was ever proven': { series: seen('slipway_backup_last_verified_timestamp_seconds', '0x400'), every: '1h', lasts: '16d', raises: ['SlipwayBackupNeverProven'] },
  'a retention that does not get its turn': {
    series: { ...seen('slipway_backup_last_verified_timestamp_seconds', '300000x60'), ...seen('slipway_backup_last_retained_timestamp_seconds', '1000x60') }, lasts: '60m', raises: ['SlipwayRetentionLate'],
  },
  'a start that was missed': { series: seen('slipway_backup_schedule_missed_total', '0x30 1x30', `${SOURCE},schedule="backup"`), lasts: '60m', raises: ['SlipwayBackupScheduleMissed'] },
  'starts that were skipped again and again': { series: seen('slipway_backup_schedule_skipped_total', '0+1x60', `${SOURCE},schedule="backup"`), lasts: '60m', raises: ['SlipwayBackupScheduleSkipped'] },
  'a schedule that Temporal does not take': { series: seen('slipway_backup_schedule_not_in_force', '1x60', `${SOURCE},schedule="backup"`), lasts: '60m', raises: ['SlipwayBackupScheduleNotInForce'] },
  'a schedule that stays paused': { series: seen('slipway_backup_schedule_paused', '1x50', `${SOURCE},schedule="drill"`), every: '1h', lasts: '2d', raises: ['SlipwayBackupSchedulePaused'] },
  'nobody who answers': { series: {}, lasts: '60m', raises: ['SlipwayMetricsMissing'] },
  'a database that is away': { series: { slipway_database_up: '0x60' }, lasts: '60m', raises: ['SlipwayMetricsMissing'] },
};

describe('the alert rules of docs/backups.md', () => {
  it('speak only of metrics that there are', () => {
    const known = [...backupFamilies([], 0), ...retentionFamilies({ sources: [], repositories: [] }), ...scheduleFamilies([])].map(({ name }) => name);
    const named = [...rules.matchAll(/\bslipway_\w+/g)].map(([name]) => name);
    expect(new Set(named).size).toBeGreaterThan(5);
    expect(named.filter((name) => name !== 'slipway_database_up' && !known.includes(name))).toEqual([]);
  });

  whenInstalled(['promtool'], () => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-alerts-'));
    const file = join(folder, 'rules.yml');
    writeFileSync(file, rules);
    afterAll(() => rmSync(folder, { recursive: true }));

    it('are accepted by promtool', () => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8', timeout: 30_000 });
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    });

    it.each(Object.entries(SCENES))('are just those that %s raises', (_, { series, every = '1m', lasts, raises }) => {
      const test = join(mkdtempSync(join(folder, 'scene-')), 'test.yml');
      // Every alert that fires is a sample of ALERTS, whatever its texts.
      const expected = raises.map((alert) => ({ labels: `{alertname="${alert}"}`, value: 1 }));
      writeFileSync(test, JSON.stringify({
        rule_files: [file], evaluation_interval: every,
        tests: [{
          interval: every, input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
          promql_expr_test: [{ expr: 'count by (alertname) (ALERTS{alertstate="firing"})', eval_time: lasts, exp_samples: expected }],
        }],
      }));
      const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', test], { encoding: 'utf8', timeout: 30_000 });
      expect({ status, said: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, said: '' });
    });
  });
});
