import { type ClientRequest, request } from 'node:http';
import type { Room } from '../benchmark.js';
import { KEY, type Stack } from './stack.js';
import { waitFor } from './wait.js';

export interface Readers {
  /** How many were turned away or cut. */
  failed(): number;
  leave(): Promise<void>;
}

export interface ReaderCounts { readonly waits: number; readonly streams: number }

const ALL_WITHIN_MS = 30_000;

/** Waiting requests and event streams of one deployment, each on a connection of its own. @returns when the API has all of them */
export async function openReaders(room: Room, { apiUrl }: Stack, deployment: string, { waits, streams }: ReaderCounts): Promise<Readers> {
  let failed = 0;
  const open = (path: string, accept: string): ClientRequest => {
    const sent = request(`${apiUrl}/api/v1/deployments/${deployment}${path}`, { agent: false, headers: { authorization: `Bearer ${KEY}`, accept } }, (response) => {
      if (response.statusCode !== 200) failed += 1;
      response.on('error', () => undefined).resume();
    });
    sent.on('error', () => undefined);
    return sent.end();
  };
  const all = [
    ...Array.from({ length: waits }, () => open('?until=ended&wait=60s', 'application/json')), ...Array.from({ length: streams }, () => open('/events', 'text/event-stream')),
  ];
  const leave = async (): Promise<void> => {
    for (const each of all) each.destroy();
    await waitFor('the readers have left', async () => (await readersOf(apiUrl)) === 0, ALL_WITHIN_MS);
  };
  room.later(async () => all.forEach((each) => each.destroy()));
  await waitFor('all readers follow', async () => (await readersOf(apiUrl)) === waits + streams, ALL_WITHIN_MS, 100);
  return { failed: () => failed, leave };
}

/** As the API counts them itself. */
async function readersOf(apiUrl: string): Promise<number> {
  const text = await (await fetch(`${apiUrl}/metrics`)).text();
  return [...text.matchAll(/^slipway_readers\{.*\} (\d+)$/gm)].reduce((all, [, count]) => all + Number(count), 0);
}
