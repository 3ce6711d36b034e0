import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { messageOf } from '../../domain/errors.js';
import type { Screen } from '../screen.js';

/** Programs, each with its arguments; what one prints goes into the next. */
export type Pipeline = readonly (readonly [string, ...string[]])[];

const TIMEOUT_MS = 120_000;
const SHOWN_LINES = 8;

/** Runs programs as somebody would type them, and shows the last of what they print. That one is missing is shown, too. @returns whether all went well */
export async function showPipeline(screen: Screen, programs: Pipeline, signal: AbortSignal): Promise<boolean> {
  screen.line(`  $ ${programs.map((command) => command.join(' ')).join(' | ')}`);
  try {
    const { lines, failed } = await run(programs, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
    lines.slice(-SHOWN_LINES).forEach((line) => screen.line(`    ${line}`));
    failed.forEach((line) => screen.line(`    ${line}`));
    return failed.length === 0;
  } catch (error) {
    signal.throwIfAborted();
    screen.line(`    not shown: ${messageOf(error)}`);
    return false;
  }
}

async function run(programs: Pipeline, signal: AbortSignal): Promise<{ lines: readonly string[]; failed: readonly string[] }> {
  const children = programs.map(([program, ...args]) => spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal }));
  let output = '';
  const ends = children.map(async (child, index) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => void (said = (said + chunk.toString()).slice(-2_000)));
    const [code] = await once(child, 'close');
    return code === 0 ? [] : [`${programs[index]?.[0] ?? ''} ended with ${String(code)}: ${said.trim()}`];
  });
  children.at(-1)?.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  children[0]?.stdin.end();
  // That one stopped reading shows in how it ended.
  const pipes = children.slice(1).map((child, index) => pipeline(children[index]?.stdout ?? [], child.stdin).catch(() => undefined));
  const failed = (await Promise.all(ends)).flat();
  await Promise.all(pipes);
  return { lines: output.trimEnd().split('\n'), failed };
}
