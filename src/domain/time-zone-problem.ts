import { nearest } from './service/nearest.js';
import { TIME_ZONES } from './time-zones.js';

/** What is wrong with the name of a time zone, and the one that was probably meant. @returns undefined when it is known by this very spelling. */
export function timeZoneProblem(name: string): { readonly message: string; readonly hint?: string } | undefined {
  if (TIME_ZONES.has(name)) return undefined;
  const meant = meantBy(name.slice(0, 100));
  return { message: 'must be a time zone such as UTC or Europe/Berlin, by its exact IANA name', ...(meant !== undefined && { hint: `did you mean "${meant}"?` }) };
}

/** A short name is not guessed: what is one letter from `PST` lies elsewhere. */
function meantBy(name: string): string | undefined {
  const lower = name.toLowerCase();
  const known = [...TIME_ZONES];
  const same = known.find((each) => each.toLowerCase() === lower) ?? known.find((each) => each.toLowerCase().endsWith(`/${lower}`));
  return same ?? (name.includes('/') ? nearest(name, known) : undefined);
}
