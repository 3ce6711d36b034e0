import type { StoreRequest } from '../engine.js';

/** The same on every worker: a host's own name would make each worker's snapshots a group of their own. */
const HOST = 'slipway';

/** Marks a snapshot so that it is found by its backup, also by people with nothing but restic. */
export function marksOf({ backup, attempt, source }: StoreRequest): string[] {
  const tags = [backupTag(backup), `attempt=${attempt}`, `source=${withoutComma(source)}`];
  return ['--host', HOST, ...tags.flatMap((tag) => ['--tag', tag])];
}

export function backupTag(backup: string): string {
  return `backup=${withoutComma(backup)}`;
}

/** @returns 0 for a snapshot that does not say */
export function attemptOf(tags: readonly string[]): number {
  const text = tags.find((tag) => tag.startsWith('attempt='))?.slice('attempt='.length) ?? '';
  return /^\d+$/.test(text) ? Number(text) : 0;
}

/** restic takes a comma for the end of a tag. */
function withoutComma(text: string): string {
  return text.replaceAll(',', '%2C');
}
