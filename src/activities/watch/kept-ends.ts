import type { WatchEnd, WatchInput, WatchResult } from '../../domain/deployment/watching.js';

/**
 * What attempts of this process found when they took traffic back. Without a server the SDK drops such an answer, and the next attempt would
 * find the tombstone and not know why: it answers with this instead.
 */
export interface KeptEnds {
  keep(watch: string, result: WatchResult, input: WatchInput): void;
  of(watch: string): WatchResult | undefined;
}

/** Most are never asked for, as the server heard of them at once. */
const MOST_KEPT = 500;

export function createKeptEnds(): KeptEnds {
  const ends = new Map<string, WatchResult>();
  return {
    keep(watch, result, { analysis }) {
      if (ends.has(watch) || !takesBack(result.end, analysis)) return;
      ends.set(watch, result);
      const [oldest] = ends.keys();
      if (oldest !== undefined && ends.size > MOST_KEPT) ends.delete(oldest);
    },
    of: (watch) => ends.get(watch),
  };
}

/** All other ends come only while the server listens (see `confirm`), or are another attempt's to find again. */
function takesBack(end: WatchEnd, { onError }: WatchInput['analysis']): boolean {
  switch (end.ended) {
    case 'pulled':
    case 'shift-failed': return true;
    case 'breach': return end.pulled !== null;
    case 'error': return onError === 'rollback';
    default: return false;
  }
}
