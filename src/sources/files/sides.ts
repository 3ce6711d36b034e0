import type { Disk } from './disk.js';

interface Sided {
  readonly disk: Disk;
  readonly sides: readonly string[];
}

/** Those that are there take the names that go with `to`. */
export async function moveSides({ disk, sides }: Sided, from: string, to: string): Promise<void> {
  for (const side of sides) if ((await disk.kindOf(from + side)) !== null) await disk.rename(from + side, to + side);
}

/** Of something that is not there, or must not have any. */
export async function removeSides({ disk, sides }: Sided, of: string): Promise<void> {
  for (const side of sides) if ((await disk.kindOf(of + side)) !== null) await disk.remove(of + side);
}
