import type { Ownership, OwnershipAnswer } from './ownership.js';

export interface FakeOwnership extends Ownership {
  /** Questions so far. */
  readonly asked: number;
  /** What is answered from now on. @default 'ours' */
  answer(answer: OwnershipAnswer): void;
}

export function createFakeOwnership(): FakeOwnership {
  let current: OwnershipAnswer = 'ours';
  let asked = 0;
  return {
    get asked() {
      return asked;
    },
    answer: (answer) => void (current = answer),
    async stillOurs() {
      asked += 1;
      return current;
    },
  };
}
