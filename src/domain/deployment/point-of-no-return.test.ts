import { describe, expect, it } from '@jest/globals';
import { aBackupPlan, aGate, aPlan } from '../../../test/support/plans.js';
import type { Plan } from './plan.js';
import { noReturnNow, pointOfNoReturnOf, type Standpoint } from './point-of-no-return.js';
import type { MigrationState } from './status.js';

const COMMAND = { command: ['migrate'], timeoutMs: 1_000 };
const MIGRATE = { expand: COMMAND, contract: COMMAND, revert: COMMAND };
const protectedPlan = (migrate: object = MIGRATE): Plan => aPlan({ protect: { backups: [aBackupPlan('orders')], migrate } });
const now = (at: Partial<Standpoint>, plan = protectedPlan()): string => noReturnNow(plan, { migrations: {}, rolesChanged: false, rolesChange: false, goesBack: false, ...at });
const afterRoles = (contract: MigrationState, plan = protectedPlan()): string => now({ rolesChanged: true, rolesChange: true, migrations: { contract } }, plan);

describe('the point of no return', () => {
  it('is that of the plan until the roles change', () => {
    expect(now({ migrations: { expand: 'done' } })).toBe(pointOfNoReturnOf(protectedPlan()));
  });

  it('says that the roles are changing, and what comes next', () => {
    expect(now({ rolesChange: true })).toMatch(/roles change[^]*contract runs once/);
  });

  it('is not crossed on a way back, which says what becomes of expand', () => {
    const back = { goesBack: true, migrations: { expand: 'done' as const, revert: 'ahead' as const } };
    expect(now(back)).toMatch(/Not crossed[^]*taken back by revert/);
    expect(now({ goesBack: true, migrations: { expand: 'done', revert: 'failed' } })).toContain('revert failed');
    expect(now({ goesBack: true, migrations: { expand: 'done' } }, protectedPlan({ expand: COMMAND }))).toMatch(/not taken back: no revert is declared/);
    expect(now({ goesBack: true, migrations: { expand: 'ahead', revert: 'ahead' } })).not.toContain('expand');
  });

  it.each([
    ['ahead', /runs once the old release is retired;[^]*An abort leaves/], ['running', /runs, and cannot be undone[^]*An abort stops it where it is/],
    ['done', /has run/], ['failed', /in part/], ['skipped', /was not run[^]*An undo is a new deployment/],
  ] as const)('is passed for the traffic once the roles have changed, with a contract that is %s', (state, text) => {
    expect(afterRoles(state)).toMatch(/^Passed for the traffic: v2 serves/);
    expect(afterRoles(state)).toMatch(text);
  });

  it('is behind the gate of a contract, and names who may leave it uncrossed', () => {
    const gated = protectedPlan({ contract: { ...COMMAND, gate: aGate('dba') } });
    expect(afterRoles('ahead', gated)).toContain('behind the gate dba');
    expect(afterRoles('waiting', gated)).toMatch(/waits for its gate[^]*An approve runs it; a reject or an abort leaves/);
  });

  it.each(['ahead', 'waiting', 'running', 'done', 'failed'] as const)('says of a contract that is %s that what came before may not live with it', (state) => {
    expect(afterRoles(state)).toMatch(/v1 may not be able to live with the data, and an undo is refused/);
  });

  it('recommends an undo only where no contract is in its way', () => {
    expect(now({ rolesChanged: true }, protectedPlan({ expand: COMMAND }))).toContain('An undo is a new deployment.');
    expect(now({ rolesChanged: true }, { ...protectedPlan({ expand: COMMAND }), stable: null })).not.toContain('ndo');
  });
});
