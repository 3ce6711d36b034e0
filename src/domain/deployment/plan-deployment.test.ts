import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SourceSpec } from '../backup/source-spec.js';
import { codeOf } from '../errors.js';
import type { EnvironmentSpec, GateSpec, StrategySpec } from '../service/environment.js';
import { WHOLE } from '../share.js';
import { ASKING_GATE } from './gate.js';
import { planDeployment, type PlanRequest } from './plan-deployment.js';
import { migrationLimitMs } from './protection.js';
import { planTiming } from './plan-timing.js';
import { releaseOf } from './release.js';

const GATE: GateSpec = { quorum: 1, notOwnChange: false, timeoutMs: 14_400_000, onTimeout: 'abort' };

const SPEC: EnvironmentSpec = {
  service: 'shop', environment: 'production',
  router: { use: 'edge', backend: 'shop-production' }, target: { use: 'hosts', instances: 2, with: {} },
  launch: { timeoutMs: 300_000 }, drain: { timeoutMs: 30_000 }, keepWarmMs: 600_000, firstFailure: 'hold',
  health: { web: { check: { kind: 'tcp' }, everyMs: 1_000, timeoutMs: 500, healthyAfter: 2, unhealthyAfter: 3 } }, verify: {},
  analysis: {
    everyMs: 1_000, minRequests: 100, windowMs: 60_000, requireTraffic: false, noData: { waitMs: 60_000, then: 'rollback' }, onBreach: 'rollback', onError: 'hold',
    unattended: { afterMs: 600_000, then: 'hold' }, metrics: {},
  },
  strategy: { kind: 'canary', steps: [{ share: 500, bakeMs: 120_000 }, { share: WHOLE, bakeMs: 60_000, gate: 'people' }] },
  alternatives: { hotfix: { kind: 'blueGreen', gate: 'people' } },
  gates: { people: GATE }, notify: {}, backups: {},
};

const STABLE = releaseOf(SPEC, 'v1');
const plan = (change: Partial<PlanRequest> = {}) => planDeployment({ spec: SPEC, site: 'default', version: 'v2', stable: STABLE, ...change });

function refusalOf(change: Partial<PlanRequest>): string {
  try {
    plan(change);
    return 'none';
  } catch (error) {
    return codeOf(error);
  }
}

describe('planDeployment', () => {
  it('numbers the steps of a canary from 1 and keeps one at 100 %', () => {
    expect(plan().steps).toEqual([{ number: 1, share: 500, bakeMs: 120_000 }, { number: 2, share: WHOLE, bakeMs: 60_000, gate: { ...GATE, name: 'people' } }]);
  });

  it('gives a blue-green one step, with its gate', () => {
    const { steps, strategy } = plan({ strategyName: 'hotfix' });
    expect(steps).toEqual([{ number: 1, share: WHOLE, bakeMs: 0, gate: { ...GATE, name: 'people' } }]);
    expect(strategy).toEqual({ name: 'hotfix', kind: 'blueGreen' });
  });

  it('takes the environment’s own strategy by its kind, too', () => {
    expect(plan({ strategyName: 'canary' })).toEqual(plan());
  });

  it('switches at once before there is a stable release', () => {
    expect(plan({ stable: null }).steps).toEqual([{ number: 1, share: WHOLE, bakeMs: 0 }]);
  });

  it('takes stable’s version where none is given', () => {
    expect(plan({ version: undefined, force: true }).candidate.version).toBe('v1');
  });

  it('watches a first release for a minute at most, as there is nothing to keep warm', () => {
    expect(plan({ stable: null }).keepWarmMs).toBe(60_000);
    expect(plan({ stable: STABLE }).keepWarmMs).toBe(SPEC.keepWarmMs);
  });

  it('refuses a first deployment without a version', () => {
    expect(refusalOf({ version: undefined, stable: null })).toBe('VERSION_REQUIRED');
  });

  it('refuses the release that is live', () => {
    expect(refusalOf({ version: 'v1' })).toBe('NOTHING_TO_DEPLOY');
  });

  it('deploys the release that is live when forced', () => {
    expect(refusalOf({ version: 'v1', force: true })).toBe('none');
  });

  it('deploys the live version once its environment has changed', () => {
    expect(refusalOf({ version: 'v1', spec: { ...SPEC, target: { ...SPEC.target, instances: 3 } } })).toBe('none');
  });

  it('does not take a change of gates, analysis, notices or strategy for a new release', () => {
    const spec = { ...SPEC, gates: { people: { ...GATE, quorum: 2 } }, keepWarmMs: 1, analysis: { ...SPEC.analysis, minRequests: 1 }, alternatives: {} };
    expect(refusalOf({ version: 'v1', spec })).toBe('NOTHING_TO_DEPLOY');
  });

  it('restores a release under today’s gates and analysis', () => {
    const release = releaseOf({ ...SPEC, target: { ...SPEC.target, instances: 9 } }, 'v0');
    expect(plan({ version: undefined, release })).toMatchObject({ candidate: release, analysis: SPEC.analysis });
  });

  it.each(['rolling', 'blueGreen', 'constructor', '__proto__', ''])('refuses the strategy "%s"', (strategyName) => {
    expect(refusalOf({ strategyName })).toBe('STRATEGY_UNKNOWN');
  });

  it.each(['', '-rf', 'v2; reboot', '$(id)', 'v2\n', 'a b', '`id`', 'x'.repeat(256)])('refuses the version %j', (version) => {
    expect(refusalOf({ version })).toBe('INVALID_REQUEST');
  });
});

const strategy: fc.Arbitrary<StrategySpec> = fc.oneof(
  fc.record({ kind: fc.constant('blueGreen' as const), gate: fc.constantFrom('people') }, { requiredKeys: ['kind'] }),
  fc.uniqueArray(fc.integer({ min: 1, max: WHOLE }), { minLength: 1, maxLength: 6 }).chain((shares) =>
    fc.record({
      kind: fc.constant('canary' as const),
      steps: fc.tuple(...shares.toSorted((a, b) => a - b).map((share) =>
        fc.record({ share: fc.constant(share), bakeMs: fc.integer({ min: 1, max: 1e8 }), gate: fc.constant('people') }, { requiredKeys: ['share', 'bakeMs'] }))),
    })),
);

describe('every plan', () => {
  it('has steps numbered from 1 whose shares rise to at most all of the traffic', () => {
    fc.assert(fc.property(strategy, fc.boolean(), (own, first) => {
      const { steps } = plan({ spec: { ...SPEC, strategy: own }, stable: first ? null : STABLE });
      expect(steps.map(({ number }) => number)).toEqual(steps.map((_, index) => index + 1));
      expect(steps.every(({ share }, index) => share > (steps[index - 1]?.share ?? 0) && share <= WHOLE)).toBe(true);
    }));
  });

  it('carries every gate of its strategy once something is stable', () => {
    fc.assert(fc.property(strategy, (own) => {
      const asked = own.kind === 'canary' ? own.steps.filter(({ gate }) => gate !== undefined).length : Number(own.gate !== undefined);
      expect(plan({ spec: { ...SPEC, strategy: own } }).steps.filter(({ gate }) => gate?.name === 'people').length).toBe(asked);
    }));
  });

  it('takes at most as long as its limits, and at least as long as its bakes', () => {
    fc.assert(fc.property(strategy, (own) => {
      const made = plan({ spec: { ...SPEC, strategy: own } });
      const { shortestMs, longestMs } = planTiming(made);
      expect(shortestMs).toBe(made.keepWarmMs + made.steps.reduce((sum, { bakeMs }) => sum + bakeMs, 0));
      expect(longestMs).toBeGreaterThanOrEqual(shortestMs + SPEC.launch.timeoutMs + SPEC.drain.timeoutMs);
    }));
  });
});

describe('planTiming', () => {
  it('counts launch, no-data waits, gates and drain into the longest time', () => {
    // launch, two bakes with their waits, one gate, keepWarm, drain
    expect(planTiming(plan())).toMatchObject({ shortestMs: 780_000, longestMs: 300_000 + 180_000 + 120_000 + GATE.timeoutMs + 600_000 + 30_000 });
  });

  it('counts the gates that a breach or missing data opens', () => {
    const spec: EnvironmentSpec = { ...SPEC, analysis: { ...SPEC.analysis, onBreach: 'ask', noData: { waitMs: 60_000, then: 'ask' } } };
    expect(planTiming(plan({ spec })).longestMs).toBe(Number(planTiming(plan()).longestMs) + 4 * ASKING_GATE.timeoutMs);
  });

  it('knows no longest time when a gate reminds for ever', () => {
    expect(planTiming(plan({ spec: { ...SPEC, gates: { people: { ...GATE, onTimeout: 'remind' } } } })).longestMs).toBeNull();
  });

  it('names the release that an abort goes back to', () => {
    expect(planTiming(plan()).pointOfNoReturn).toContain('v1');
  });
});

describe('the plan of a protected deployment', () => {
  const CONTRACT_GATE = { ...GATE, name: 'dba' };
  const MIGRATE = {
    expand: { command: ['migrate', '${version}'], timeoutMs: 60_000 }, contract: { command: ['contract', '$${HOME}'], timeoutMs: 30_000, gate: CONTRACT_GATE },
    revert: { command: ['revert'], timeoutMs: 10_000 },
  };
  const SOURCE: SourceSpec = {
    name: 'orders', at: { kind: 'directory', path: '/srv/orders' }, repository: 'vault', keep: { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    timeoutMs: 600_000, maxAgeMs: null, restore: { keepOldMs: 0, checks: {}, verify: {} },
  };
  const BACKUPS = [{ service: 'shop', environment: 'production', site: 'default', source: SOURCE, notify: {} }];
  const PROTECTED: EnvironmentSpec = { ...SPEC, protect: { backup: 'before', migrate: MIGRATE } };

  it('names its backups and migrations', () => {
    expect(plan({ spec: PROTECTED, backups: BACKUPS }).protect).toEqual({ backups: BACKUPS, migrate: MIGRATE });
  });

  it('is as it was where nothing is protected', () => {
    expect(plan({ backups: BACKUPS })).toEqual(plan());
    expect('protect' in plan()).toBe(false);
  });

  it('backs nothing up where only migrations are asked for', () => {
    expect(plan({ spec: { ...SPEC, protect: { backup: 'none', migrate: MIGRATE } }, backups: BACKUPS }).protect).toEqual({ backups: [], migrate: MIGRATE });
  });

  it('is refused when there is nothing to back up', () => {
    expect(refusalOf({ spec: PROTECTED })).toBe('DEFINITION_INVALID');
  });

  it.each(['${port}', '${slot}', '${nope}'])('is refused when a command holds %s', (argument) => {
    const migrate = { expand: { command: ['migrate', argument], timeoutMs: 1 } };
    expect(refusalOf({ spec: { ...SPEC, protect: { backup: 'none', migrate } } })).toBe('DEFINITION_INVALID');
  });

  it('takes nothing back where the live version is launched anew: it needs what its expand made', () => {
    const { revert: _, ...onward } = MIGRATE;
    const again = plan({ spec: PROTECTED, backups: BACKUPS, version: 'v1', force: true });
    expect(again.protect).toEqual({ backups: BACKUPS, migrate: onward });
    expect(planTiming(again).pointOfNoReturn).toMatch(/expand is not taken back[^.]*v1 is live/);
  });

  it('says whether an abort takes its expand back', () => {
    const said = (migrate: object): string => planTiming(plan({ spec: { ...SPEC, protect: { backup: 'none', migrate } } })).pointOfNoReturn;
    expect(said(MIGRATE)).toContain('by revert');
    expect(said({ expand: MIGRATE.expand })).toMatch(/expand is not taken back[^.]*no revert/);
    expect(said({ contract: MIGRATE.contract })).not.toContain('expand');
  });

  it('backs nothing up before an undo and migrates nothing, and says so', () => {
    const undo = plan({ spec: PROTECTED, release: releaseOf(SPEC, 'v0') });
    expect(undo.protect).toEqual({ backups: [], migrate: {} });
    expect(planTiming(undo)).toMatchObject({ longestMs: planTiming(plan()).longestMs, pointOfNoReturn: expect.stringContaining('An undo backs nothing up') });
    expect('protect' in plan({ release: releaseOf(SPEC, 'v0') })).toBe(false);
  });

  it('takes longer at the most, and no longer at the least', () => {
    const [open, guarded] = [planTiming(plan()), planTiming(plan({ spec: PROTECTED, backups: BACKUPS }))];
    expect(guarded.shortestMs).toBe(open.shortestMs);
    expect(guarded.longestMs).toBe((open.longestMs ?? 0) + 4 * 600_000 + MIGRATE.contract.gate.timeoutMs
      + migrationLimitMs(MIGRATE.expand) + migrationLimitMs(MIGRATE.contract));
  });

  it('counts for a migration each of its attempts, the wait for its turn and for a worker', () => {
    const attempt = 60_000 + (60_000 + 120_000) + 30_000;
    expect(migrationLimitMs(MIGRATE.expand)).toBe(3 * attempt + 3_600_000);
  });

  it('has no longest time when the gate of its contract reminds for ever', () => {
    const migrate = { ...MIGRATE, contract: { ...MIGRATE.contract, gate: { ...CONTRACT_GATE, onTimeout: 'remind' as const } } };
    expect(planTiming(plan({ spec: { ...PROTECTED, protect: { backup: 'before', migrate } }, backups: BACKUPS })).longestMs).toBeNull();
  });

  it('says what is lost by a restore, and what cannot be undone', () => {
    const { pointOfNoReturn } = planTiming(plan({ spec: PROTECTED, backups: BACKUPS }));
    for (const part of [planTiming(plan()).pointOfNoReturn, 'v2 writes', 'lost by a restore', 'gate dba', 'cannot be undone']) expect(pointOfNoReturn).toContain(part);
  });
});
