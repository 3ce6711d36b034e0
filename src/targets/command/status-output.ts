import { z } from 'zod';
import { SlipwayError } from '../../domain/errors.js';
import type { ProgramResult } from '../../programs/programs.js';
import { isInstanceAddress } from '../instance-address.js';
import type { TargetInstance } from '../target.js';

/** At most so much of an error output is passed on. */
const STDERR_BYTES = 2_048;

const address = z.string().refine(isInstanceAddress, 'is not host:port with an IP address');
const word = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:@+/-]{0,254}$/, 'is not a word');
const instance = z.object({ id: word, address, deployment: word, version: word, state: z.enum(['starting', 'running', 'stopped']) });
const output = z.object({ instances: z.array(instance).max(1_000) }).refine(({ instances }) => distinct(instances.map(({ id }) => id)), 'two instances have the same id');

/** What a `status` program printed. Keys that nobody asked for are passed over. @throws TARGET_OUTPUT_INVALID */
export function parseStatus(target: string, { stdout, stderr, stdoutCut }: ProgramResult): readonly TargetInstance[] {
  if (stdoutCut) throw invalid(target, 'it is too long', stderr);
  const parsed = output.safeParse(json(target, stdout, stderr));
  if (parsed.success) return parsed.data.instances;
  const [issue] = parsed.error.issues;
  throw invalid(target, `/${issue?.path.join('/') ?? ''} ${issue?.message ?? 'is wrong'}`, stderr);
}

/** The beginning of an error output, as it stands at the end of a message. */
export function saidOnStderr(stderr: string): string {
  const text = Buffer.from(stderr).subarray(0, STDERR_BYTES).toString().trim();
  return text === '' ? 'It said nothing on its error output.' : `It said: ${text}`;
}

function json(target: string, stdout: string, stderr: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw invalid(target, stdout.trim() === '' ? 'it printed nothing' : 'it is not JSON', stderr);
  }
}

function invalid(target: string, why: string, stderr: string): SlipwayError {
  return new SlipwayError('TARGET_OUTPUT_INVALID', `The status of the target ${target} cannot be used: ${why}. ${saidOnStderr(stderr)}`);
}

function distinct(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
