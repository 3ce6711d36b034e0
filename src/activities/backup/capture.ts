import { createHash } from 'node:crypto';
import { formatBytes } from '../../domain/bytes.js';
import type { Fingerprint } from '../../domain/backup/fingerprint.js';
import { addressOf, pathOf } from '../../domain/backup/names.js';
import type { BackupSteps, CaptureResult } from '../../domain/backup/steps.js';
import { summarizeFingerprint } from '../../domain/backup/summarize-fingerprint.js';
import type { Engine, Stored } from '../../engines/engine.js';
import type { Captured } from '../../sources/source.js';
import type { BackupContext } from './backup-step.js';
import type { BackupDeps } from './deps.js';
import { onRepository, turnOf } from './lease.js';
import { repositoryAt } from './repository-at.js';
import type { RepositoryAt } from '../../store/backup-stores.js';

type Input = BackupSteps['capture'][0];

/** Fingerprint and bytes of one instant, into the repository and the catalogue. What an attempt stored whose answer was lost is adopted. */
export async function capture(deps: BackupDeps, input: Input, context: BackupContext): Promise<CaptureResult> {
  const startedAt = deps.clock.now();
  const engine = deps.engine(input.plan.source.repository);
  await make(deps, engine, repositoryAt(input.plan, engine), context);
  return onRepository(deps, 'shared', engine, context, async (signal) => {
    // An attempt that only waited for its turn has left nothing to look for.
    const isAnew = context.attempt > 1 && (await deps.stores.backups.wasBegun(input.backup));
    const result = (isAnew ? await adopt(deps, engine, input, signal) : undefined) ?? (await captureNow(deps, engine, input, { ...context, signal }));
    const notes = isAnew && result.notes.length === 0 ? [`attempt ${context.attempt} stored it`] : result.notes;
    return { ...result, notes, tookMs: deps.clock.now() - startedAt };
  }, turnOf(input.ahead));
}

/** Once a place, and never again: a repository that is gone, because a disk is not mounted, must not come back empty. */
async function make(deps: BackupDeps, engine: Engine, repository: RepositoryAt, context: BackupContext): Promise<void> {
  const { stores: { repositories } } = deps;
  if (await repositories.isMade(repository)) return;
  await onRepository(deps, 'alone', engine, context, async (signal) => engine.prepare(signal));
  await repositories.made(repository);
}

async function captureNow(deps: BackupDeps, engine: Engine, { plan, backup }: Input, { signal, report, attempt, stillOurs }: BackupContext): Promise<Omit<CaptureResult, 'tookMs'>> {
  const startedAt = deps.clock.now();
  const progress = (text: string): void => report({ fingerprint: text });
  return deps.source(plan.source, plan).capture({ run: backup, signal, stillOurs, progress }, async (captured) => {
    const fingerprintMs = deps.clock.now() - startedAt;
    const { fingerprint, at, content } = captured;
    const kept = { fingerprint, at, manifest: content.kind === 'tree' ? content.manifest : null };
    await deps.stores.backups.keepContent(backup, attempt, kept);
    const request = { backup, attempt, source: pathOf(addressOf(plan)), content };
    const stored = await engine.store(request, rates(deps, report), signal);
    await captured.unchanged();
    await deps.stores.backups.stored(backup, { attempt, at, fingerprint: summaryOf(fingerprint), ...stored });
    return resultOf(captured, stored, { fingerprintMs, notes: [] });
  });
}

/** A dump is of one snapshot, so what was stored is whole; a folder that nobody looked at again afterwards is read anew. */
async function adopt({ stores: { backups } }: BackupDeps, engine: Engine, { plan, backup }: Input, signal: AbortSignal): Promise<Omit<CaptureResult, 'tookMs'> | undefined> {
  if (plan.source.at.kind !== 'postgres') return undefined;
  const found = (await engine.find(backup, signal)).findLast(({ stored }) => stored !== null);
  const content = found && (await backups.content(backup, found.attempt));
  if (!found?.stored || !content) return undefined;
  await backups.stored(backup, { attempt: found.attempt, at: content.at, fingerprint: summaryOf(content.fingerprint), ...found.stored });
  return resultOf(content, found.stored, { fingerprintMs: 0, notes: [`attempt ${found.attempt} had stored it, and its answer was lost`] });
}

function resultOf({ fingerprint, at }: Pick<Captured, 'fingerprint' | 'at'>, { snapshot, bytes, storedBytes }: Stored, rest: { fingerprintMs: number; notes: readonly string[] }): Omit<CaptureResult, 'tookMs'> {
  return { snapshot, bytes, storedBytes, at, fingerprint: summaryOf(fingerprint), ...rest };
}

export function summaryOf(fingerprint: Fingerprint): ReturnType<typeof summarizeFingerprint> {
  return summarizeFingerprint(fingerprint, (text) => createHash('sha256').update(text).digest('hex'));
}

/** Bytes and rate, for whoever looks at the pending activity. */
export function rates({ clock }: Pick<BackupDeps, 'clock'>, report: BackupContext['report']): (progress: { readonly bytes: number; readonly text: string }) => void {
  const startedAt = clock.now();
  return ({ bytes, text }) => {
    const seconds = Math.max(0.001, (clock.now() - startedAt) / 1_000);
    report({ bytes, rate: `${formatBytes(bytes / seconds)}/s`, doing: text });
  };
}
