import { DEPLOYMENT_ID_PATTERN } from '../names.js';
import { type Generation, NO_GENERATION } from './entry.js';
import { mayReplace, parseGeneration } from './generation.js';

/** What a writer knows of the entry: a router compares both with what it holds, right before it changes anything for that writer. */
export interface Fence {
  /** The newest generation that the writer's deployment had given out when the work was asked for. */
  readonly generation: Generation;
  /** The generation that the deployment found when it began. */
  readonly base: Generation;
}

/**
 * May a writer with this fence change anything beside an entry of the generation `current`? No as soon as a later shift of its own deployment, or
 * any other deployment, has written the entry. An entry that was never written, as after a restart without files, is nobody's and keeps nobody out.
 */
export function mayWrite(current: Generation, { generation, base }: Fence): boolean {
  return current === NO_GENERATION || current === generation || mayReplace(current, generation, base);
}

/**
 * Is `current` what an instance shows that went back to an old file, or to none, while the deployment of `generation` is live? That deployment wrote
 * its first generation on every instance when it began, so an entry of an older one, by the order of their ids, can only come from a file. What a
 * younger one wrote, or a person by hand, does not.
 */
export function isFromBefore(current: Generation, generation: Generation): boolean {
  if (current === NO_GENERATION) return true;
  const [shown, own] = [parseGeneration(current), parseGeneration(generation)];
  if (!shown || !own) return false;
  return shown.deployment === own.deployment ? shown.n < own.n : DEPLOYMENT_ID_PATTERN.test(shown.deployment) && shown.deployment < own.deployment;
}
