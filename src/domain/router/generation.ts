import type { Generation } from './entry.js';

/** @example generationOf('01JD…', 3) // '01JD….3' */
export function generationOf(deployment: string, n: number): Generation {
  return `${deployment}.${n}`;
}

export function parseGeneration(generation: Generation): { deployment: string; n: number } | undefined {
  const match = /^([^.]+)\.(\d+)$/.exec(generation);
  return match ? { deployment: match[1] ?? '', n: Number(match[2]) } : undefined;
}

/**
 * May `next` take the place of `current`? Yes when it is a later shift of the same deployment, or when `current` is what the deployment
 * found when it began (`base`). So neither a stalled attempt nor a finished deployment can write over what came after it.
 */
export function mayReplace(current: Generation, next: Generation, base: Generation): boolean {
  if (current === base) return true;
  const a = parseGeneration(current);
  const b = parseGeneration(next);
  return a !== undefined && b !== undefined && a.deployment === b.deployment && a.n < b.n;
}
