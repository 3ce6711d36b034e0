import { SlipwayError } from '../../domain/errors.js';

export function copyMissing(path: string): SlipwayError {
  return new SlipwayError('COPY_MISSING', `There is nothing at ${path}: it was never made, or somebody dropped it.`);
}
