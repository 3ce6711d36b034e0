import { describe, expect, it } from '@jest/globals';
import { SlipwayError } from '../../domain/errors.js';
import type { SequencedEvent } from '../../store/stores.js';
import { FollowedEvents } from './followed-events.js';

const stays = new AbortController().signal;

describe('followed events', () => {
  it('are read once for all who follow them', async () => {
    const { followed, append, reads } = scene();
    append(3);
    const all = await Promise.all(Array.from({ length: 200 }, () => open(followed, 0)));
    expect(all).toEqual(Array.from({ length: 200 }, () => [1, 2, 3]));
    const { pages } = reads;
    const next = Array.from({ length: 200 }, () => sequences(followed.after(3, stays)));
    append(1);
    followed.poke();
    expect(new Set((await Promise.all(next)).flat())).toEqual(new Set([4]));
    expect(reads.pages - pages).toBe(1);
    expect(reads.pages).toBeLessThanOrEqual(3);
  });

  it('begin where each reader was, also for one who comes later and has seen less', async () => {
    const { followed, append } = scene();
    append(5);
    expect(await open(followed, 4)).toEqual([5]);
    expect(await open(followed, 1)).toEqual([2, 3, 4, 5]);
    expect(await open(followed, 4)).toEqual([5]);
  });

  it('are not held up by a reader who names a sequence that never was', async () => {
    const { followed, append } = scene();
    append(2);
    expect(await followed.goesOn(1_000_000, stays)).toBe(true);
    expect(await open(followed, 0)).toEqual([1, 2]);
  });

  it('are kept up to a number; who is further behind gets all of them all the same, in order', async () => {
    const { followed, append } = scene();
    append(2_500);
    await followed.goesOn(0, stays);
    const seen: number[] = [];
    while (seen.length < 2_500) seen.push(...await sequences(followed.after(seen.at(-1) ?? 0, stays)));
    expect(seen).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
  });

  it('end with the deployment, when all were given', async () => {
    const { followed, append, end } = scene();
    append(1);
    await followed.goesOn(0, stays);
    append(1);
    end();
    followed.poke();
    expect(await sequences(followed.after(0, stays))).toEqual([1]);
    expect(await sequences(followed.after(1, stays))).toEqual([2]);
    expect(await sequences(followed.after(2, stays))).toEqual([]);
    expect(await followed.goesOn(2, stays)).toBe(false);
    expect(await followed.goesOn(1, stays)).toBe(true);
  });

  it('go on where they were after the database was away', async () => {
    const { followed, append, away } = scene();
    await followed.goesOn(0, stays);
    const waiting = sequences(followed.after(0, stays));
    away(true);
    append(1);
    followed.poke();
    await new Promise(setImmediate);
    away(false);
    followed.poke();
    expect(await waiting).toEqual([1]);
  });

  it('are refused at the beginning while the database is away', async () => {
    const { followed, away } = scene();
    away(true);
    await expect(followed.goesOn(0, stays)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  });

  it('let go who leaves', async () => {
    const { followed } = scene();
    const leaving = new AbortController();
    await followed.goesOn(0, leaving.signal);
    const waiting = followed.after(0, leaving.signal);
    leaving.abort();
    expect(await waiting).toEqual([]);
  });
});

function scene() {
  const events: SequencedEvent[] = [];
  const reads = { pages: 0 };
  let ended = false;
  let isAway = false;
  const answer = <T>(value: T): T => {
    if (isAway) throw new SlipwayError('DATABASE_UNAVAILABLE');
    return value;
  };
  const followed = new FollowedEvents({
    page: async (after, limit) => {
      reads.pages += 1;
      return answer(events.filter(({ sequence }) => sequence > after).slice(0, limit));
    },
    hasEnded: async () => answer(ended),
  });
  const append = (count: number): void => {
    for (let n = 0; n < count; n += 1) events.push({ sequence: events.length + 1, key: '', deployment: 'd', kind: 'k', at: '', text: '', data: {} });
  };
  return { followed, reads, append, end: () => void (ended = true), away: (away: boolean) => void (isAway = away) };
}

async function open(followed: FollowedEvents, after: number): Promise<readonly number[]> {
  expect(await followed.goesOn(after, stays)).toBe(true);
  return sequences(followed.after(after, stays));
}

async function sequences(events: Promise<readonly SequencedEvent[]>): Promise<readonly number[]> {
  return (await events).map(({ sequence }) => sequence);
}
