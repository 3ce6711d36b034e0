import type { FollowUp } from '../../domain/deployment/follow-up.js';
import type { Run } from './run.js';

/** Leaves something to people: shown in the status from now on, told at once, and no reason to wait. */
export function followUp(run: Run, left: FollowUp): void {
  const { protection } = run.state.data;
  if (protection) protection.followUps = [...protection.followUps, left];
  run.tell('follow-up', left.text);
}
