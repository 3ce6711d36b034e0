import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface FoundRestic {
  readonly program: string;
  /** `0.18.1` */
  readonly version: string;
}

const ANSWER_TIMEOUT_MS = 20_000;

/** A restic of 0.17 or newer: the one on PATH, else the one that `npm run setup:restic` keeps; undefined when there is neither. */
export async function findRestic(checkout: string): Promise<FoundRestic | undefined> {
  for (const program of ['restic', join(checkout, '.slipway/tools/restic')]) {
    const version = await versionOf(program);
    if (version !== undefined) return { program, version };
  }
  return undefined;
}

async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['version'], { timeout: ANSWER_TIMEOUT_MS });
    const [, version, major, minor] = /restic ((\d+)\.(\d+)[.\w]*)/.exec(stdout) ?? [];
    return Number(major) > 0 || Number(minor) >= 17 ? version : undefined;
  } catch {
    return undefined;
  }
}
