import { placeOf, placesOverlap } from '../backup/source-place.js';
import type { Complaint } from './complaint.js';
import type { EnvironmentSpec } from './environment.js';

/** Under two names the same data would be under two locks. */
export function checkPlaces({ backups }: EnvironmentSpec): readonly Complaint[] {
  const sources = Object.values(backups);
  return sources.flatMap((source, index) => {
    const earlier = sources.slice(0, index).find((other) => placesOverlap(placeOf(other), placeOf(source)));
    if (!earlier) return [];
    const what = placeOf(earlier) === placeOf(source) ? 'is the same data as' : 'shares data with';
    return [{ path: ['backups', source.name], message: `${what} "${earlier.name}"` }];
  });
}
