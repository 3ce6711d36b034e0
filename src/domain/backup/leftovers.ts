import type { SourceSpec } from './source-spec.js';

/** Where people find what a restore may leave. Names begin with that of what is live, or with what is left of one that is too long. */
export function whereLeft({ at }: Pick<SourceSpec, 'at'>, restore: string): string {
  if (at.kind === 'postgres') return `databases whose names end in _fill_${restore.toLowerCase()}, _copy_${restore.toLowerCase()} or _old_${restore.toLowerCase()}`;
  return `beside ${at.path}, or what it links to, names that end in -${restore}`;
}
