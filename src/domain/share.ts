/** A share of traffic in basis points: 10,000 is all of it. Exact where floating percentages are not. */
export type BasisPoints = number;

export const WHOLE: BasisPoints = 10_000;

/**
 * Basis points of a percentage such as `5%` or `0.25%`.
 *
 * @returns undefined when the text is no percentage from 0 % to 100 % in steps of 0.01 %.
 */
export function parsePercent(text: string): BasisPoints | undefined {
  const match = /^(\d{1,3}(?:\.\d{1,2})?)%$/.exec(text);
  if (!match) return undefined;
  const share = Math.round(Number(match[1]) * 100);
  return share <= WHOLE ? share : undefined;
}

/** `2500` -> `25 %`. */
export function formatShare(share: BasisPoints): string {
  return `${share / 100} %`;
}
