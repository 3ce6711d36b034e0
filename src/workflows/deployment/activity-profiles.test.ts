import { describe, expect, it } from '@jest/globals';
import { aPlan, aRelease } from '../../../test/support/plans.js';
import type { StepInput } from '../../domain/deployment/steps.js';
import { activityOptions } from './activity-profiles.js';

const LONG_MS = 15 * 60_000;
const slow = (version: string) => ({ ...aRelease(version), drain: { timeoutMs: LONG_MS } });
// The time limits depend on the plan alone.
const NO_INPUT = {} as unknown as StepInput<'open'> & StepInput<'retire'>;

describe('one attempt outlasts the drain it may have to wait for', () => {
  it('when the slot of the candidate is cleared', () => {
    expect(activityOptions('open', NO_INPUT, aPlan({ candidate: slow('v2') })).startToCloseTimeout).toBeGreaterThan(LONG_MS);
  });

  it('when the release before is retired, whose drain may be the longer one', () => {
    expect(activityOptions('retire', NO_INPUT, aPlan({ stable: slow('v1') })).startToCloseTimeout).toBeGreaterThan(LONG_MS);
  });
});
