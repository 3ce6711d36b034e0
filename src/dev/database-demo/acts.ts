import { SlipwayError } from '../../domain/errors.js';
import { backupHasEnded } from '../../domain/backup/backup-state.js';
import { formatDuration } from '../../domain/duration.js';
import type { BackupAnswer, RestoreAnswer } from '../demo/api-answers.js';
import { backupLine, proofLine } from '../demo/backup-lines.js';
import { counted, megabytes, milliseconds, row, seconds } from '../demo/figures.js';
import { followRun } from '../demo/follow-run.js';
import { restoreIsOver } from '../demo/restore-over.js';
import type { Screen } from '../screen.js';
import type { DatabaseScene } from './open-scene.js';
import { showPipeline } from './show-pipeline.js';
import { SHOP_DATABASE } from './shop-definition.js';
import type { Writers } from './writers.js';

export interface Acts extends DatabaseScene {
  readonly screen: Screen;
  readonly writers: Writers;
  readonly signal: AbortSignal;
}

/** @throws what is to be said when one does not do what it is there for */
export async function backUp({ api, screen, repository, signal }: Acts): Promise<BackupAnswer> {
  screen.line(`\nBack up the database with ${repository.engine}`);
  const id = await api.backUp({ ...SHOP_DATABASE, reason: 'the demo of backups' });
  const backup = await followRun({ look: () => api.backup(id), isOver: ({ phase }) => backupHasEnded(phase), doing: ({ phase }) => phase, screen, signal });
  screen.line(backupLine(backup));
  if (backup.phase !== 'succeeded') throw failure('The backup', backup.phase);
  screen.line(row('holds', Object.entries(backup.fingerprint?.biggest ?? {}).slice(0, 3).map(([table, rows]) => `${table} ${rows}`).join(', ')));
  screen.line(row('takes', `${megabytes(backup.storedBytes ?? 0)} in ${repository.folder}`));
  return backup;
}

export async function inspect({ screen, repository, signal }: Acts, { snapshot }: BackupAnswer): Promise<void> {
  screen.line('\nLook at it without Slipway');
  await showPipeline(screen, repository.inspect(snapshot ?? ''), signal);
}

export async function damage({ shop, screen }: Acts): Promise<void> {
  screen.line('\nDELETE FROM orders');
  screen.line(row('damage', `${await shop.deleteAllOrders()} orders are gone   (the demo did this)`));
}

export async function tryRestore(acts: Acts, backup: BackupAnswer): Promise<void> {
  const { screen, shop } = acts;
  screen.line('\nRestore that backup, as a dry run');
  const answer = await restore(acts, { backup: backup.id });
  proven(acts, answer);
  answer.proof?.delta.forEach((difference) => screen.line(row('', difference)));
  if (answer.phase !== 'succeeded') throw failure('The dry run', answer.phase);
  screen.line(row('touched', `nothing: of the first orders ${await shop.firstOrders()} are live`));
}

export async function restoreAndSwap(acts: Acts, backup: BackupAnswer, ordersBefore: number): Promise<void> {
  const { screen, shop, writers } = acts;
  screen.line(`\nRestore it and swap it in, while ${counted(writers.clients, 'client')} write`);
  const gapsBefore = writers.gapsMs().length;
  const answer = await restore(acts, { backup: backup.id, swap: true });
  proven(acts, answer);
  if (answer.live !== 'restored' || answer.phase !== 'keeping') throw failure('The restore', `${answer.phase}: ${answer.cause?.text ?? 'no cause is known'}`);
  screen.line(row('swapped', `in ${milliseconds(answer.tookMs['swap'] ?? 0)}; clients wrote on after ${gapText(writers.gapsMs().slice(gapsBefore))}`));
  screen.line(row('orders', `${await shop.firstOrders()} of the first ${ordersBefore} are there again`));
  screen.line(row('old', `kept for ${keptFor(answer)}, with all that was written until the swap`));
}

export async function drill({ api, screen, signal }: Acts): Promise<void> {
  screen.line('\nDrill: restore the newest backup, which was made before the swap, into scratch; prove it, drop it');
  const id = await api.drill(SHOP_DATABASE);
  const answer = await followRun({ look: () => api.drillOf(id), isOver: ({ state }) => state !== 'running', doing: () => 'drill', screen, signal });
  screen.line(row(answer.state, `in ${seconds(answer.tookMs ?? 0)}: ${answer.text}`));
  if (answer.state !== 'proven') throw failure('The drill', answer.text);
}

async function restore({ api, screen, signal }: Acts, how: { readonly backup: string; readonly swap?: true }): Promise<RestoreAnswer> {
  const id = await api.restore({ ...how, reason: 'somebody deleted all orders' });
  return followRun({ look: () => api.restoreOf(id), isOver: restoreIsOver, doing: ({ phase }) => phase, screen, signal });
}

function proven({ screen }: Acts, answer: RestoreAnswer): void {
  screen.line(proofLine(answer));
  if (answer.proof?.equal !== true) throw failure('The restore', `${answer.phase}: ${answer.cause?.text ?? 'nothing was proven'}`);
}

function gapText(gapsMs: readonly number[]): string {
  const sorted = gapsMs.toSorted((a, b) => a - b);
  return `${milliseconds(sorted[Math.floor(sorted.length / 2)] ?? 0)} (the slowest after ${milliseconds(sorted.at(-1) ?? 0)})`;
}

function keptFor({ plan }: RestoreAnswer): string {
  return plan === null ? 'a while' : formatDuration(plan.source.restore.keepOldMs);
}

function failure(what: string, why: string): SlipwayError {
  return new SlipwayError('INTERNAL', `${what} did not do what this demo is there to show: ${why}.`);
}
