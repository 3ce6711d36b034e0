/**
 * Runs a program, passes its output on, and writes down what that was: `hash-producer <file for the account> -- <command>`.
 * It stands between restic and what it stores, so that the hash is of what was produced and not of what restic took it for.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync, writev } from 'node:fs';
import { constants } from 'node:os';
import { messageOf } from '../../domain/errors.js';
import { keepOutput } from '../../programs/kept-output.js';
import type { ProducerAccount } from './producer-account.js';
import { producerEnvironment } from './producer-environment.js';

/** Lets the program go on while restic is busy, and bounds the memory. */
const AHEAD_BYTES = 4 * 1_048_576;
const STDERR_BYTES = 8_192;
const STDOUT = 1;
const FULL_PAUSE_MS = 1;

const [accountFile = '', , file = '', ...args] = process.argv.slice(2);
const hash = createHash('sha256');
const stderr = keepOutput(STDERR_BYTES);
let bytes = 0;
/** What waits to be written, all of it with the next write. */
let queue: Buffer[] = [];
let queuedBytes = 0;
let writing = false;
let ended: number | undefined;

const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: producerEnvironment(process.env) });
child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
child.stdout.on('data', (chunk: Buffer) => {
  queue.push(chunk);
  queuedBytes += chunk.length;
  bytes += chunk.length;
  if (queuedBytes > AHEAD_BYTES) child.stdout.pause();
  writeQueue();
  // While a thread writes.
  hash.update(chunk);
});
child.once('error', (error) => finish({ end: 'not started', exitCode: 127, stderr: messageOf(error) }));
child.once('close', (code, signal) => {
  ended = code ?? 128 + (signal ? constants.signals[signal] : 0);
  writeQueue();
});

function writeQueue(): void {
  if (writing) return;
  if (queue.length === 0) {
    if (ended !== undefined) finish({ end: 'exited', exitCode: ended, stderr: stderr.text() });
    return;
  }
  const batch = queue;
  queue = [];
  queuedBytes = 0;
  writing = true;
  child.stdout.resume();
  write(batch);
}

function write(batch: readonly Buffer[]): void {
  writev(STDOUT, batch, (error, written) => {
    // A pipe that somebody made non-blocking is full.
    if (error?.code === 'EAGAIN') return void setTimeout(write, FULL_PAUSE_MS, batch);
    if (error) return finish({ end: 'not read', exitCode: 1, stderr: messageOf(error) });
    const rest = unwritten(batch, written);
    if (rest.length > 0) return write(rest);
    writing = false;
    writeQueue();
  });
}

function unwritten(batch: readonly Buffer[], written: number): readonly Buffer[] {
  let before = written;
  return batch.flatMap((chunk) => {
    const skipped = Math.min(before, chunk.length);
    before -= skipped;
    return skipped === chunk.length ? [] : [chunk.subarray(skipped)];
  });
}

/** A program whose output nobody reads any more is ended with this one: by SIGPIPE, or with the group. */
function finish(how: Pick<ProducerAccount, 'end' | 'exitCode' | 'stderr'>): never {
  const account: ProducerAccount = { ...how, bytes, sha256: hash.digest('hex') };
  writeFileSync(accountFile, JSON.stringify(account), { mode: 0o600 });
  process.exit(account.exitCode);
}
