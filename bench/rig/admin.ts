import { connect } from 'node:net';
import { decodeEntry, splitOf, type RouterEntry } from '../../src/domain/router/entry.js';
import type { HaproxyFixture, RunningHaproxy } from '../../test/support/haproxy.js';

const LIMIT_MS = 2_000;

/** One line to the admin socket on a connection of its own, as `socat` would: nothing of Slipway in between. */
export function typeLine({ admin }: RunningHaproxy, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path: admin }).setEncoding('utf8').setTimeout(LIMIT_MS, () => socket.destroy(new Error('HAProxy did not answer')));
    let heard = '';
    socket.on('data', (chunk: string) => void (heard += chunk)).once('error', reject).once('close', () => resolve(heard.trim()));
    socket.once('connect', () => void socket.write(`${line}\n`));
  });
}

export function mapOf({ mapFolder }: RunningHaproxy, backend: string): string {
  return `${mapFolder}/${backend}.map`;
}

/** The candidate's share in basis points on every instance, as the running processes have it. */
export async function candidateShares({ instances, backend }: HaproxyFixture): Promise<readonly number[]> {
  return Promise.all(instances.map(async (one) => shareIn(await typeLine(one, `show map ${mapOf(one, backend)}`), backend)));
}

function shareIn(map: string, backend: string): number {
  const cells = new Map(map.split('\n').map((line): [string, string] => { const [, key = '', value = ''] = line.trim().split(/\s+/); return [key, value]; }));
  const entry: RouterEntry | undefined = decodeEntry(cells.get(backend) ?? '');
  if (!entry) throw new Error(`HAProxy holds no entry for ${backend}: ${map}`);
  const dead = [...cells].flatMap(([key, value]) => (key.startsWith('dead-') && value === '1' ? [key.slice('dead-'.length)] : []));
  const split = splitOf(entry, dead);
  return entry.stable === 'blue' ? split.green : split.blue;
}

const POLL_MS = 1;

/** Reads every instance again and again. @returns when all showed 0, by `performance.now()`. @throws after `withinMs` */
export async function whenAtZero(haproxy: HaproxyFixture, withinMs: number): Promise<number> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const shares = await candidateShares(haproxy);
    if (shares.every((share) => share === 0)) return performance.now();
    if (performance.now() > deadline) throw new Error(`The candidate still has a share after ${withinMs} ms: ${shares.join(', ')} bp.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
