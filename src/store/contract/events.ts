import { describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { until } from '../../../test/support/until.js';
import type { DeploymentEvent } from '../../domain/event/event.js';
import type { ContractSubject } from '../contract.js';
import { anEvent } from './samples.js';

export function eventContract(subject: () => ContractSubject): void {
  const events = () => subject().stores.events;
  /** As its callers do it: what could not be written within the limit is given back, and written later. */
  const written = async (...given: DeploymentEvent[]) => expect(await until(async () => (await events().append(given)).length === 0, 25_000)).toBe(true);

  describe('events', () => {
    it('keeps events as they were, in the order of writing', async () => {
      const id = ulid();
      const [late, early] = [anEvent(id, '2.1.1', { at: '2026-01-02T00:00:00.000Z' }), anEvent(id, '1.1.1')];
      await written(late, early);
      const [first, second] = await events().after(id, 0, 10);
      expect([first, second]).toEqual([{ ...late, sequence: first?.sequence }, { ...early, sequence: second?.sequence }]);
      expect(second?.sequence).toBeGreaterThan(first?.sequence ?? Number.NaN);
    });

    it('writes the same key once', async () => {
      const id = ulid();
      await written(anEvent(id, '1.1.1'));
      await written(anEvent(id, '1.1.1', { text: 'again' }), anEvent(id, '1.1.2'));
      expect((await events().after(id, 0, 10)).map((event) => [event.key, event.text])).toEqual([['1.1.1', 'shifted to 10 %'], ['1.1.2', 'shifted to 10 %']]);
    });

    it('goes on after a sequence, at most so many, of this deployment only', async () => {
      const [id, other] = [ulid(), `${ulid().slice(0, 25)}Z`];
      await written(...['a', 'b', 'c'].flatMap((key) => [anEvent(id, key), anEvent(other, key)]));
      const [first] = await events().after(id, 0, 1);
      expect(first?.key).toBe('a');
      expect((await events().after(id, first?.sequence ?? 0, 10)).map((event) => event.key)).toEqual(['b', 'c']);
    });

    it('writes what odd bytes a program printed', async () => {
      const id = ulid();
      await written(anEvent(id, '1', { text: 'a\u0000b', data: { 'k\u0000': '\uDC00' } }));
      expect(await events().after(id, 0, 1)).toMatchObject([{ text: 'a\uFFFDb', data: { 'k\uFFFD': '\uFFFD' } }]);
    });

    it('takes an empty list', async () => {
      expect(await events().append([])).toEqual([]);
    });

    it('never shows a reader an event out of order, however many write at once', async () => {
      const id = ulid();
      const writers = Array.from({ length: 8 }, (_, writer) => writeMany(writer));
      const seen = await readUntil(40);
      await Promise.all(writers);
      expect(new Set(seen).size).toBe(40);

      async function writeMany(writer: number): Promise<void> {
        for (let n = 0; n < 5; n += 1) await written(anEvent(id, `${writer}.${n}`));
      }
      async function readUntil(count: number): Promise<string[]> {
        const keys: string[] = [];
        const deadline = Date.now() + 60_000;
        for (let sequence = 0; keys.length < count && Date.now() < deadline;) {
          for (const event of await events().after(id, sequence, 100)) {
            keys.push(event.key);
            sequence = event.sequence;
          }
          await new Promise(setImmediate);
        }
        return keys;
      }
    }, 90_000);
  });
}
