import { closest, distance } from 'fastest-levenshtein';

/** More would help nobody, and would take long to compare. */
const MOST_KNOWN = 40;

/** The known word that was probably meant. @returns undefined when none is near enough to be worth a guess. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const found = closest(lower, known.map((each) => each.toLowerCase()));
  const guess = known.find((each) => each.toLowerCase() === found);
  return distance(lower, found) <= Math.max(1, Math.floor(word.length / 3)) ? guess : undefined;
}

/** The hint of a problem about an unknown word: the nearest one, else all of them. */
export function knownHint(word: string, words: readonly string[]): { hint?: string } {
  const known = words.slice(0, MOST_KNOWN);
  const near = nearest(word.slice(0, 100), known);
  if (near !== undefined) return { hint: `did you mean "${near}"?` };
  return known.length > 0 ? { hint: `known: ${known.join(', ')}` } : {};
}
