import { describe, expect, it } from '@jest/globals';
import { decodeEntry, encodeEntry, UNMANAGED_ENTRY } from '../../domain/router/entry.js';
import { DEPLOYMENT, NEXT_DEPLOYMENT, stepTo } from '../contract/scene.js';
import type { ShiftRequest } from '../router.js';
import type { Cell } from '../shift-rule.js';
import type { RuntimeMap } from './runtime-map.js';
import { shiftOnMap } from './shift-on-map.js';

const REQUEST: ShiftRequest = { backend: 'checkout-production', entry: stepTo(2_500, 2), base: 'none' };
const PATIENT = { stallLimitMs: 1_000 };

describe('a shift on a map that others write too', () => {
  it('buries its own generation when its deployment is pulled between the write and the read-back', async () => {
    const map = mapInMemory({ afterWrite: (cell) => ({ ...cell, tombstones: [`${DEPLOYMENT}.1`] }) });
    expect(await shiftOnMap(map, REQUEST, PATIENT)).toMatchObject({ outcome: 'pulled' });
    expect(map.cell().tombstones).toEqual([`${DEPLOYMENT}.1`, `${DEPLOYMENT}.2`]);
  });

  it('is a conflict when another writer was faster to write over it', async () => {
    const map = mapInMemory({ afterWrite: (cell) => ({ ...cell, entry: stepTo(500, 1, NEXT_DEPLOYMENT) }) });
    expect(await shiftOnMap(map, REQUEST, PATIENT)).toMatchObject({ outcome: 'conflict', entry: stepTo(500, 1, NEXT_DEPLOYMENT) });
  });

  it('writes nothing when its reading has grown old', async () => {
    const map = mapInMemory({ readTakesMs: 30 });
    await expect(shiftOnMap(map, REQUEST, { stallLimitMs: 10 })).rejects.toMatchObject({ code: 'ROUTER_UNREACHABLE' });
    expect(map.cell().entry).toEqual(UNMANAGED_ENTRY);
  });

  it('leaves the tombstones of others alone when it conflicts', async () => {
    const map = mapInMemory({ start: { entry: stepTo(500, 1, NEXT_DEPLOYMENT), tombstones: [`${NEXT_DEPLOYMENT}.1`] } });
    expect(await shiftOnMap(map, { ...REQUEST, clearOthers: true }, PATIENT)).toMatchObject({ outcome: 'conflict' });
    expect(map.cell().tombstones).toEqual([`${NEXT_DEPLOYMENT}.1`]);
  });
});

interface Circumstances {
  readonly start?: Cell;
  readonly readTakesMs?: number;
  /** What somebody else does right after the entry was written. */
  readonly afterWrite?: (cell: Cell) => Cell;
}

function mapInMemory({ start, readTakesMs = 0, afterWrite = (cell) => cell }: Circumstances): RuntimeMap & { cell(): Cell } {
  let cell: Cell = start ?? { entry: UNMANAGED_ENTRY, tombstones: [] };
  return {
    path: '/maps/checkout-production.map',
    cell: () => cell,
    dump: async () => encodeEntry(cell.entry),
    async read() {
      if (readTakesMs > 0) await new Promise((resolve) => setTimeout(resolve, readTakesMs));
      return { ...cell, hasEntry: true };
    },
    async writeEntry(text) {
      cell = afterWrite({ ...cell, entry: decodeEntry(text) ?? cell.entry });
    },
    async bury(generation) {
      cell = { ...cell, tombstones: [...cell.tombstones, generation] };
    },
    async unbury(generation) {
      cell = { ...cell, tombstones: cell.tombstones.filter((grave) => grave !== generation) };
    },
  };
}
