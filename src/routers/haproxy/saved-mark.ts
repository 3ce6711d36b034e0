import type { Persistence } from '../../domain/router/persistence.js';
import type { Ask } from './admin-connection.js';
import { type RuntimeMap, valueIn } from './runtime-map.js';

/**
 * The key beside the entry by which what saves the files on HAProxy's own host (see `persist-unit.ts`) says when it last did:
 * `<pid>.<uptime in seconds>`, both of the HAProxy it asked, so that no clock of two hosts is compared.
 */
export const SAVED_MARK = 'slipway-saved';

const NOBODY_SAVES = 'its files are on another host, and nothing there says that it saves them: `slipway router config haproxy --persist-unit` prints what does';

/** It saves every two seconds. */
const OLDEST_S = 10;

/** Whether a HAProxy on another host is saved there. */
export async function readSavedMark(ask: Ask, map: RuntimeMap): Promise<Persistence> {
  const info = await ask('show info');
  const field = (name: string): string => new RegExp(`^${name}: (\\d+)$`, 'm').exec(info)?.[1] ?? '';
  return persistenceOfMark(await valueIn(map, SAVED_MARK), { pid: field('Pid'), uptimeS: Number(field('Uptime_sec')) });
}

interface RunningProcess {
  readonly pid: string;
  readonly uptimeS: number;
}

/** What a mark says about the process that holds it now. */
export function persistenceOfMark(mark: string | undefined, { pid, uptimeS }: RunningProcess): Persistence {
  const [, savedPid, savedAt] = /^(\d+)\.(\d+)$/.exec(mark ?? '') ?? [];
  if (savedAt === undefined) return { persisted: 'unknown', detail: NOBODY_SAVES };
  // Just started, from what was saved of the process before.
  const age = savedPid === pid ? uptimeS - Number(savedAt) : uptimeS;
  if (age <= OLDEST_S) return { persisted: 'yes' };
  return { persisted: 'no', detail: `nothing has been saved on its host for ${age} s: look at slipway-haproxy-save.service there` };
}
