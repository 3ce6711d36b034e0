/**
 * Runs a program, passes its output on, and writes down what that was: `hash-producer <file for the account> -- <command>`.
 * It stands between restic and what it stores, so that the hash is of what was produced and not of what restic took it for.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { write, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { messageOf } from '../../domain/errors.js';
import { keepOutput } from '../../programs/kept-output.js';
import { type ProducerAccount, producerEnvironment } from './producer-account.js';

/** Lets the program go on while restic is busy, and bounds the memory. */
const AHEAD_BYTES = 4 * 1_048_576;
const STDERR_BYTES = 8_192;
const STDOUT = 1;
const FULL_PAUSE_MS = 1;

const [accountFile = '', , file = '', ...args] = process.argv.slice(2);
const hash = createHash('sha256');
const stderr = keepOutput(STDERR_BYTES);
let bytes = 0;
const queue: Buffer[] = [];
let queuedBytes = 0;
let writing = false;
let ended: number | undefined;

const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: producerEnvironment(process.env) });
child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
child.stdout.on('data', (chunk: Buffer) => {
  queue.push(chunk);
  queuedBytes += chunk.length;
  if (queuedBytes > AHEAD_BYTES) child.stdout.pause();
  writeNext();
  // While a thread writes.
  hash.update(chunk);
  bytes += chunk.length;
});
child.once('error', (error) => finish({ end: 'not started', exitCode: 127, stderr: messageOf(error) }));
child.once('close', (code, signal) => {
  ended = code ?? 128 + (signal ? constants.signals[signal] : 0);
  writeNext();
});

function writeNext(): void {
  const next = queue[0];
  if (writing) return;
  if (next === undefined) {
    if (ended !== undefined) finish({ end: 'exited', exitCode: ended, stderr: stderr.text() });
    return;
  }
  writing = true;
  write(STDOUT, next, (error, written) => {
    writing = false;
    // A pipe that somebody made non-blocking is full.
    if (error?.code === 'EAGAIN') return void setTimeout(writeNext, FULL_PAUSE_MS);
    if (error) return finish({ end: 'not read', exitCode: 1, stderr: messageOf(error) });
    if (written < next.length) queue[0] = next.subarray(written);
    else queue.shift();
    queuedBytes -= written;
    if (queuedBytes <= AHEAD_BYTES) child.stdout.resume();
    writeNext();
  });
}

/** A program whose output nobody reads any more is ended with this one: by SIGPIPE, or with the group. */
function finish(how: Pick<ProducerAccount, 'end' | 'exitCode' | 'stderr'>): never {
  const account: ProducerAccount = { ...how, bytes, sha256: hash.digest('hex') };
  writeFileSync(accountFile, JSON.stringify(account), { mode: 0o600 });
  process.exit(account.exitCode);
}
