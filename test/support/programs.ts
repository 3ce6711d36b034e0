import { spawnSync } from 'node:child_process';
import { describe, it } from '@jest/globals';

/**
 * Runs a suite when its programs are there. Otherwise it says what is missing and skips; where `CI=true` promises a full run, that is a failure.
 */
export function whenInstalled(programs: readonly string[], suite: () => void): void {
  whenAvailable(programs.filter((program) => spawnSync('/bin/sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status !== 0), suite);
}

/** The same for a suite that knows by itself what is missing. */
export function whenAvailable(missing: readonly string[], suite: () => void): void {
  if (missing.length === 0) return suite();
  const reason = `needs ${missing.join(', ')}, which is not installed`;
  if (process.env['CI'] === 'true') return it(`runs: ${reason}`, () => Promise.reject(new Error(reason)));
  process.stderr.write(`skipped: ${reason}\n`);
  describe.skip(reason, () => {
    it('is skipped', () => {});
  });
}
