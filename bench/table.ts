import type { Figure } from './benchmark.js';

const WIDTHS = [38, 12, 9, 6, 12, 8];
export const HEAD = row(['figure', 'value', 'unit', 'n', 'baseline', 'ratio']);

export function figureRow({ id, value, unit, n, baseline, ratio }: Figure): string {
  return row([id, String(value), unit, String(n), baseline === undefined ? '' : String(baseline), ratio === undefined ? '' : `${ratio} x`]);
}

/** What the value consists of, on lines of its own. */
export function detailLine({ detail }: Figure): string | undefined {
  if (!detail) return undefined;
  return `    ${Object.entries(detail).map(([name, value]) => `${name} ${value}`).join(', ')}`;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[index] ?? 0))).join('').trimEnd();
}
