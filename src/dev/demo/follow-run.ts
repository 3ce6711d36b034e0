import { setTimeout as sleep } from 'node:timers/promises';
import type { Screen } from '../screen.js';
import { row } from './figures.js';

const LOOK_EVERY_MS = 100;

export interface FollowRun<Answer> {
  readonly look: () => Promise<Answer>;
  readonly isOver: (answer: Answer) => boolean;
  /** What it does at present, in a word or two. */
  readonly doing: (answer: Answer) => string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Shows what a backup, restore or drill does until it is over. */
export async function followRun<Answer>({ look, isOver, doing, screen, signal }: FollowRun<Answer>): Promise<Answer> {
  try {
    for (;;) {
      const answer = await look();
      if (isOver(answer)) return answer;
      screen.current(row(doing(answer), '…'));
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  } finally {
    screen.current(undefined);
  }
}
