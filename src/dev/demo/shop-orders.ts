import { z } from 'zod';
import { SlipwayError } from '../../domain/errors.js';

/** The orders of the example, as its users reach them. */
export interface ShopOrders {
  /** Places new ones until there are `count`. */
  placeUntil(count: number): Promise<void>;
  summary(): Promise<OrdersSummary>;
}

const summaryAnswer = z.object({ count: z.number(), checksum: z.string() });
export type OrdersSummary = z.output<typeof summaryAnswer>;

const ANSWER_TIMEOUT_MS = 10_000;
const AT_ONCE = 8;
const NOTE = 'Please ring twice, and leave it with the neighbours when nobody answers. '.repeat(24);

/** @throws INTERNAL when the shop does not take or show its orders */
export function createShopOrders(routerUrl: string, signal: AbortSignal): ShopOrders {
  const ask = async (method: 'GET' | 'POST', body?: object): Promise<unknown> => {
    const answer = await fetch(`${routerUrl}/orders`, {
      method, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]), ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new SlipwayError('INTERNAL', `${method} ${routerUrl}/orders was answered with ${answer.status}: ${text.trim()}`);
    return JSON.parse(text);
  };
  const summary = async () => summaryAnswer.parse(await ask('GET'));
  return {
    summary,
    async placeUntil(count) {
      const numbers = Array.from({ length: Math.max(0, count - (await summary()).count) }, (_, index) => index).values();
      await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        for (const number of numbers) await ask('POST', orderNumber(number));
      }));
    },
  };
}

function orderNumber(number: number): object {
  return { customer: `customer-${number % 37}`, lines: [{ sku: `tea-${number % 11}`, quantity: 1 + (number % 4), cents: 490 + 30 * (number % 9) }], note: NOTE };
}
