import { createPrograms, type Programs } from '../../src/programs/programs.js';

/** Programs of a test, which ends what it started by itself. */
export function freePrograms(): Programs {
  return createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 100 });
}
