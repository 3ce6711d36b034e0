import { describe, expect, it } from '@jest/globals';
import type { DeploymentAnswer } from './api-answers.js';
import { Story } from './story.js';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number) => new Date(START + ms).toISOString();

const v2: DeploymentAnswer = {
  id: '01J', service: 'storefront', version: 'v2', stableVersion: 'v1', strategy: 'canary', phase: 'preparing', step: 0, gates: [], verdicts: [], cause: null,
  milestones: {}, breachToZeroMs: null, startedAt: at(0), endedAt: null,
  plan: { strategy: { kind: 'canary' }, candidate: { target: { instances: 2 } }, steps: [{ number: 1, share: 1_000, bakeMs: 6_000 }, { number: 2, share: 5_000, bakeMs: 6_000 }] },
};
const launched: DeploymentAnswer = { ...v2, phase: 'progressing', step: 1, milestones: { launched: at(800) } };
const passed = { step: 1, kind: 'pass' as const, findings: [{ rule: 'health', kind: 'pass', text: 'healthy' }, { rule: 'errors', kind: 'pass', text: 'errors 0 of 31' }] };
const failed = { step: 1, kind: 'fail' as const, findings: [{ rule: 'health', kind: 'pass', text: 'healthy' }, { rule: 'errors', kind: 'fail', text: 'errors 4 of 12' }] };

const noTraffic = { requests: 0, failed: 0 };
const story = () => new Story({ requests: 100, failed: 1 });

describe('the story of a deployment', () => {
  it('tells the launch once, with its instances and its time', () => {
    const one = story();
    expect(one.look(launched, noTraffic, START + 900).finished).toEqual(['  launch     2 instances healthy in 0.8 s']);
    expect(one.look(launched, noTraffic, START + 1_000).finished).toEqual([]);
  });

  it('draws a bake as far as it has come', () => {
    const one = story();
    one.look(launched, noTraffic, START + 1_000);
    expect(one.look(launched, noTraffic, START + 4_000).current).toBe('    10 %     ######       baking');
  });

  it('closes a step with what was measured', () => {
    expect(story().look({ ...launched, verdicts: [passed] }, noTraffic, START).finished.at(-1)).toBe('    10 %     ############ pass   errors 0 of 31');
  });

  it('stops the bar of a failed step where it failed', () => {
    const one = story();
    one.look(launched, noTraffic, START + 1_000);
    one.look(launched, noTraffic, START + 2_500);
    expect(one.look({ ...launched, phase: 'rolling-back', verdicts: [failed] }, noTraffic, START + 2_600).finished).toEqual(['    10 %     ###          FAIL   errors 4 of 12']);
  });

  it('counts only the requests of its own time', () => {
    const ended: DeploymentAnswer = { ...launched, phase: 'succeeded', milestones: { ...launched.milestones, rolesChanged: at(17_200) }, endedAt: at(18_000) };
    expect(story().look(ended, { requests: 961, failed: 1 }, START).finished.at(-1)).toBe('   100 %     promoted in 17.2 s; 861 requests, 0 failed');
  });

  it('says how fast a bad version was pulled and what serves', () => {
    const pulled: DeploymentAnswer = { ...launched, version: 'v3', stableVersion: 'v2', phase: 'rolled-back', verdicts: [failed], breachToZeroMs: 9, endedAt: at(3_000) };
    const line = story().look(pulled, { requests: 303, failed: 5 }, START).finished.at(-1);
    expect(line).toBe('  pulled     candidate at 0 % 9 ms after the breaching sample; v2 serves; 4 requests failed of 203');
  });

  it('says why a deployment went back without a breach', () => {
    const aborted: DeploymentAnswer = { ...launched, phase: 'aborted', cause: { code: 'NEVER_HEALTHY', text: 'no instance became healthy' }, endedAt: at(3_000) };
    expect(story().look(aborted, noTraffic, START).finished.at(-1)).toContain('no instance became healthy; v1 serves');
  });

  it('shows nothing as running once it has ended', () => {
    expect(story().look({ ...launched, phase: 'succeeded', endedAt: at(1) }, noTraffic, START).current).toBeUndefined();
  });
});
