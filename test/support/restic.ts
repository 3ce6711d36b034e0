import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whenAvailable } from './programs.js';

/** `npm run setup:restic` builds one there when the one on PATH is too old. */
const KEPT = fileURLToPath(new URL('../../.slipway/tools/restic', import.meta.url));

/** A restic that is recent enough: the one on PATH, else the one that was built for the tests; undefined when there is neither. */
export function findRestic(): string | undefined {
  return ['restic', KEPT].find(isRecentEnough);
}

/** Runs a suite with a restic that is recent enough. Otherwise it says what is missing and skips; where `CI=true` promises a full run, that is a failure. */
export function whenResticIsThere(suite: (restic: string) => void): void {
  const restic = findRestic();
  whenAvailable(restic === undefined ? ['restic 0.17 or newer'] : [], () => suite(restic ?? ''));
}

function isRecentEnough(program: string): boolean {
  const { stdout } = spawnSync(program, ['version'], { encoding: 'utf8', timeout: 20_000 });
  const [, major, minor] = /restic (\d+)\.(\d+)/.exec(stdout ?? '') ?? [];
  return Number(major) > 0 || Number(minor) >= 17;
}
