import { parseArgs } from 'node:util';
import { messageOf } from '../src/domain/errors.js';

export type BenchArguments =
  | { readonly do: 'help' }
  /** Writes the page anew from what was measured before. */
  | { readonly do: 'page' }
  | { readonly do: 'measure'; readonly only: readonly string[] };

export const USAGE = `npm run bench [-- options]

  --only ID,ID   measure these figures only; those measured before stay in bench/results.json
  --page         write docs/performance.md anew from bench/results.json, measure nothing
  --help         show this
`;

/** @throws Error for the user when an option or an id is not known */
export function parseArguments(args: readonly string[], known: readonly string[]): BenchArguments {
  const { help, page, only } = valuesOf(args);
  if (help === true) return { do: 'help' };
  if (page === true) return { do: 'page' };
  const ids = only?.split(',').filter((id) => id !== '') ?? [];
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`No figure is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  return { do: 'measure', only: ids };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { only: { type: 'string' }, page: { type: 'boolean' }, help: { type: 'boolean' } } }).values;
  } catch (cause) {
    throw new Error(`${messageOf(cause)}\n\n${USAGE}`, { cause });
  }
}
