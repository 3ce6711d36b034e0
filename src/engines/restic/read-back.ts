/**
 * Reads what restic prints, hashes it and compares it with a manifest: a program of its own, so that a worker watches at its usual pace
 * meanwhile. Request on standard input, answers on standard output: `read-back-protocol.ts`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../domain/errors.js';
import { keepOutput } from '../../programs/kept-output.js';
import { hashFile, hashTar, type Reading } from './hash-reading.js';
import { compareWithManifest } from '../manifest-comparison.js';
import type { ReadBackAnswer, ReadBackRequest } from './read-back-protocol.js';

const PROGRESS_EVERY_MS = 1_000;
const STDERR_BYTES = 65_536;

// Written by the engine that started this.
const request = JSON.parse(await text(process.stdin)) as ReadBackRequest;
const { command: [program = '', ...args], file, manifest, limit } = request;
const comparison = compareWithManifest(manifest);
const stderr = keepOutput(STDERR_BYTES);
const reading: Reading = { bytes: 0, current: null };

const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
const exited = once(child, 'close').then(([code, signal]: unknown[]) => (typeof code === 'number' ? code : exitCodeOf(signal)), () => 127);
const progress = setInterval(() => answer({ kind: 'progress', bytes: reading.bytes }), PROGRESS_EVERY_MS);

let broken: string | undefined;
try {
  await (file === null ? hashTar(child.stdout, reading, comparison.saw) : hashFile(child.stdout, reading, file, comparison.saw));
} catch (error) {
  broken = messageOf(error);
  // Whoever prints into a closed pipe is killed, and restic then leaves its lock.
  child.stdout.resume();
}
const restic = await exited;
clearInterval(progress);
if (restic === 0 && broken !== undefined) stderr.add(Buffer.from(broken));
const exitCode = restic === 0 && broken !== undefined ? 1 : restic;
const brokeIn = exitCode === 0 ? null : (reading.current ?? file);
const { missing } = comparison;
const differences = exitCode === 0 ? [...comparison.differences, ...missing] : comparison.differences.filter((one) => one.file !== brokeIn);
answer({ kind: 'result', bytes: reading.bytes, exitCode, stderr: stderr.text(), differences: differences.slice(0, limit), brokeIn, missing: missing.length });

/** As a shell would say. */
function exitCodeOf(signal: unknown): number {
  return 128 + (Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0);
}

function answer(line: ReadBackAnswer): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
