import { SlipwayError } from '../../domain/errors.js';
import type { Fence } from '../../domain/router/fence.js';
import { refuseSuperseded } from '../refuse-superseded.js';
import type { Ask, AskAll } from './admin-connection.js';
import type { Place } from './place.js';
import { refuseStalled } from './refuse-stalled.js';
import type { RuntimeMap } from './runtime-map.js';
import { readStats } from './stat-table.js';

/** A command that changes something, and what HAProxy answers where it takes it. */
export interface Order {
  readonly command: string;
  readonly answer: 'nothing' | 'prose';
}

/** A backend as a writer with a fence may change it. */
export interface FencedBackend {
  /** `be_checkout-production_blue`. */
  readonly name: string;
  places(): Promise<readonly Place[]>;
  /** Gives the orders that follow from the places as they are right now. @throws SUPERSEDED, ROUTER_UNREACHABLE */
  order(decide: (places: readonly Place[]) => readonly Order[]): Promise<void>;
}

export interface FencedBackendParts {
  readonly name: string;
  readonly ask: Ask;
  readonly askAll: AskAll;
  readonly map: RuntimeMap;
  readonly fence: Fence;
  readonly stallLimitMs: number;
}

/**
 * Before each change entry and places are read and compared, and all orders that follow are sent in one piece: a process that is stopped has sent
 * all of them or none, and one that stood still since it asked sends nothing.
 */
export function fencedBackend({ name, ask, askAll, map, fence, stallLimitMs }: FencedBackendParts): FencedBackend {
  return {
    name,
    places: async () => (await readStats(ask, name)).places,
    async order(decide) {
      const askedAt = performance.now();
      const [{ places }, { entry }] = await Promise.all([readStats(ask, name), map.read()]);
      refuseSuperseded(entry, fence);
      const orders = decide(places);
      if (orders.length === 0) return;
      refuseStalled(askedAt, stallLimitMs);
      const answers = await askAll(orders.map(({ command }) => command));
      for (const [index, { command, answer }] of orders.entries()) {
        const said = answers[index] ?? '';
        if (answer === 'nothing' && said !== '') throw new SlipwayError('ROUTER_UNREACHABLE', `HAProxy refused \`${command}\`: ${said}`);
      }
    },
  };
}
