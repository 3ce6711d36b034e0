import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SlipwayError } from '../../domain/errors.js';
import type { Content, OnProgress, Stored, StoreRequest } from '../engine.js';
import { type BackupRun, runBackup, withdraw } from './backup-run.js';
import { parseAccount, type ProducerAccount } from './producer-account.js';
import { carryEnvironment } from './producer-environment.js';
import { createRedaction } from '../redact.js';
import { failureOf, faultBeside, saidOf } from './restic-failure.js';
import type { ResticProgram } from './restic-program.js';

type Stream = Extract<Content, { readonly kind: 'stream' }>;

const SAID_LENGTH = 2_000;
/** restic's word for what stands between it and the program, which writes its account unless it is killed. */
const KILLED = /signal: \w+/;

/** Stores what a program prints. restic runs the program itself, through a wrapper that hashes: it makes no snapshot when the program fails. */
export async function storeStream(restic: ResticProgram, hashProducer: readonly string[], request: StoreRequest, content: Stream, progress: OnProgress, signal: AbortSignal): Promise<Stored> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-producer-'));
  try {
    const accountFile = join(folder, 'account.json');
    // Without its own check before it writes: every byte is read back and compared with the producer's hash, which that check does not know.
    const args = ['--no-extra-verify', '--stdin-filename', content.name, '--stdin-from-command', '--', ...hashProducer, accountFile, '--', ...content.command];
    const env = carryEnvironment(content.env, await restic.ownNames());
    const run = await runBackup(restic, request, { args, env, signal }, progress);
    const account = parseAccount(await readFile(accountFile, 'utf8').catch(() => ''));
    const outcome = outcomeOf(run, account, content);
    return outcome instanceof SlipwayError ? await withdraw(restic, run.summary, outcome, signal) : outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function outcomeOf(run: BackupRun, account: ProducerAccount | undefined, content: Stream): Stored | SlipwayError {
  const { exitCode, summary } = run;
  const notStored = () => failureOf('The backup was not stored', run, run.redact);
  if (exitCode !== 0 && faultBeside(run)) return notStored();
  if (account && account.end !== 'not read' && account.exitCode !== 0) return producerFailure(account, content);
  if (account?.bytes === 0) return new SlipwayError('PRODUCER_FAILED', `${content.command[0] ?? 'The program'} ended well and printed nothing, so nothing was stored.`);
  if (exitCode !== 0 && !account && KILLED.test(run.stderr)) return new SlipwayError('ENGINE_DIED', `The backup was not stored: what reads the output of ${content.command[0] ?? 'the program'} was ended from outside. ${saidOf(run, run.redact)}`);
  if (exitCode !== 0) return notStored();
  if (!account || summary?.snapshot_id === undefined || account.bytes !== summary.total_bytes_processed) {
    return new SlipwayError('ENGINE_FAILED', `The backup was not stored: restic took ${summary?.total_bytes_processed ?? 'no'} bytes, and ${account?.bytes ?? 'an unknown number'} were produced.`);
  }
  const { bytes, sha256 } = account;
  return { snapshot: summary.snapshot_id, bytes, storedBytes: summary.data_added_packed, manifest: { files: { [content.name]: { kind: 'file', bytes, sha256 } } } };
}

function producerFailure({ end, exitCode, stderr }: ProducerAccount, { command: [program = 'The program'], env }: Stream): SlipwayError {
  const said = createRedaction(Object.values(env))(stderr).trim().slice(-SAID_LENGTH);
  if (end === 'not started') return new SlipwayError('PROGRAM_MISSING', `${program} cannot be started: ${said}. Nothing was stored. Install it on the workers, or correct its path.`);
  return new SlipwayError('PRODUCER_FAILED', `${program} ended with exit code ${exitCode}, so nothing was stored. It said: ${said || 'nothing'}`);
}
