import { type Generation, NO_GENERATION } from './entry.js';
import { mayReplace } from './generation.js';

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
