import { backupHasEnded } from '../../domain/backup/backup-state.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import { formatDuration } from '../../domain/duration.js';
import type { Screen } from '../screen.js';
import type { RestoreAnswer } from './api-answers.js';
import type { ApiClient } from './api-client.js';
import { backupLine, proofLine } from './backup-lines.js';
import { damageOrders } from './damage-orders.js';
import { DEMO_ENVIRONMENT, DEMO_SERVICE, DEMO_SOURCE } from './demo-definition.js';
import { counted, milliseconds, row } from './figures.js';
import { followRun } from './follow-run.js';
import { restoreIsOver } from './restore-over.js';
import { createShopOrders, type OrdersSummary } from './shop-orders.js';
import { startTraffic, type Traffic, type TrafficCount } from './traffic.js';

export interface BackupAct {
  readonly api: ApiClient;
  readonly screen: Screen;
  readonly routerUrl: string;
  /** Where the example keeps its orders. */
  readonly ordersFolder: string;
  /** Where the backups are, as it is shown. */
  readonly repository: string;
  /** The users that are there anyway. */
  readonly traffic: Traffic;
  readonly signal: AbortSignal;
}

const ORDERS: SourceAddress = { service: DEMO_SERVICE, environment: DEMO_ENVIRONMENT, source: DEMO_SOURCE };
const ENOUGH_ORDERS = 120;
const READERS_PER_SECOND = 10;

/** Backs the orders up, damages them and brings them back, with users there all the while. On a folder where that was done it does nothing. */
export async function showBackupAndRestore(act: BackupAct): Promise<void> {
  const { api, screen, routerUrl, ordersFolder, signal } = act;
  if (await api.hasRestores(ORDERS)) return;
  const shop = createShopOrders(routerUrl, signal);
  await shop.placeUntil(ENOUGH_ORDERS);
  const before = await shop.summary();
  const backup = await backUp(act, before);
  if (backup === undefined) return;
  const { deleted, overwritten } = await damageOrders(ordersFolder);
  screen.line(row('damage', `${counted(deleted, 'order')} deleted, ${overwritten} overwritten   (the demo did this)`));
  if (await restore(act, backup)) screen.line(row('orders', comparison(before, await shop.summary())));
}

/** @returns its id, unless it failed */
async function backUp({ api, screen, repository, signal }: BackupAct, { count }: OrdersSummary): Promise<string | undefined> {
  screen.line(`\nBack up ${DEMO_SERVICE}'s ${DEMO_SOURCE}   a folder of ${counted(count, 'file')}, into ${repository} by the engine archive`);
  const id = await api.backUp({ ...ORDERS, reason: 'the demo of npm start' });
  const backup = await followRun({ look: () => api.backup(id), isOver: ({ phase }) => backupHasEnded(phase), doing: ({ phase }) => phase, screen, signal });
  screen.line(backupLine(backup));
  return backup.phase === 'succeeded' ? id : undefined;
}

/** @returns whether the restored orders are live */
async function restore({ api, screen, routerUrl, traffic, signal }: BackupAct, backup: string): Promise<boolean> {
  screen.line('Restore that backup');
  const readers = startTraffic(`${routerUrl}/orders`, READERS_PER_SECOND);
  try {
    const countAll = () => sumOf(traffic.count(), readers.count());
    const before = countAll();
    const id = await api.restore({ backup, swap: true, reason: 'the demo damaged the orders' });
    const answer = await followRun({ look: () => api.restoreOf(id), isOver: restoreIsOver, doing: ({ phase }) => phase, screen, signal });
    screen.line(proofLine(answer));
    if (answer.live === 'restored') screen.line(swapLine(answer, before, countAll()));
    else if (answer.proof !== null) screen.line(row(answer.phase, answer.cause?.text ?? 'no cause is known'));
    return answer.live === 'restored';
  } finally {
    readers.stop();
  }
}

function swapLine({ tookMs, phase, plan }: RestoreAnswer, before: TrafficCount, after: TrafficCount): string {
  const application = phase === 'keeping' || phase === 'succeeded' ? `${DEMO_SERVICE} answers` : `${DEMO_SERVICE} does not answer well`;
  const kept = plan === null ? '' : `; the damaged ones are kept for ${formatDuration(plan.source.restore.keepOldMs)}`;
  return row('swapped', `in ${milliseconds(tookMs['swap'] ?? 0)}; ${application}; ${after.failed - before.failed} requests failed of ${after.requests - before.requests}${kept}`);
}

function comparison(before: OrdersSummary, after: OrdersSummary): string {
  if (after.checksum === before.checksum) return `${after.count} again, by the shop's own count and checksum`;
  return `NOT what they were: ${after.count} of ${before.count}, checksum ${after.checksum.slice(0, 12)} instead of ${before.checksum.slice(0, 12)}`;
}

function sumOf(one: TrafficCount, other: TrafficCount): TrafficCount {
  return { requests: one.requests + other.requests, failed: one.failed + other.failed };
}
