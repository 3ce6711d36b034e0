import type { ProcessIdentity } from '../../programs/process-identity.js';

/** A written-down process; undefined when the text is none, cut off by a crash for example. */
export function processIdentity(text: string): ProcessIdentity | undefined {
  try {
    const { pid, startTime }: Partial<Record<keyof ProcessIdentity, unknown>> = JSON.parse(text);
    return typeof pid === 'number' && typeof startTime === 'string' ? { pid, startTime } : undefined;
  } catch {
    return undefined;
  }
}
