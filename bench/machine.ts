import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkoutFolder } from '../src/dev/checkout.js';
import { cliOfTemporal } from './rig/temporal.js';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const LIMIT_MS = 10_000;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryMb: number;
  readonly system: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryMb: Math.round(totalmem() / MIB),
    // What follows the number names the builder of the kernel, and tells a reader nothing.
    system: `${type()} ${release().split('-')[0]} ${arch()}`,
  };
}

/** Of what takes part in the figures; a program that is not there is left out. */
export async function versions(): Promise<Readonly<Record<string, string>>> {
  const [slipway, sdk, temporal, haproxy] = await Promise.all([
    versionIn(join(checkoutFolder(), 'package.json')),
    versionIn(createRequire(import.meta.url).resolve('@temporalio/worker/package.json')),
    said(cliOfTemporal(), ['--version'], /Server ([\d.]+)/),
    said('haproxy', ['-v'], /version ([\d.]+)/),
  ]);
  return { slipway, node: process.versions.node, temporalSdk: sdk, ...(temporal && { temporalServer: temporal }), ...(haproxy && { haproxy }) };
}

async function versionIn(file: string): Promise<string> {
  // Every package.json of an installed package has a version.
  const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
  return version;
}

async function said(program: string, args: readonly string[], pattern: RegExp): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, args, { timeout: LIMIT_MS });
    return pattern.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
