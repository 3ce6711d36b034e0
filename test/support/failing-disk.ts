import { createDisk, type Disk } from '../../src/sources/files/disk.js';

export interface FailingDisk {
  readonly disk: Disk;
  /** Whether there was a change that it failed. */
  readonly failed: () => boolean;
}

/** `killed`: gone from its n-th change on, as for a worker that is killed there; `once`: that one change fails. */
export function failingDisk(at: number, how: 'killed' | 'once'): FailingDisk {
  const real = createDisk();
  let changes = 0;
  const guard = <Args extends readonly unknown[], T>(work: (...args: Args) => Promise<T>) => async (...args: Args): Promise<T> => {
    changes += 1;
    if (how === 'killed' ? changes > at : changes === at + 1) throw new Error('the disk is gone');
    return work(...args);
  };
  const disk = { ...real, rename: guard(real.rename), write: guard(real.write), makeLink: guard(real.makeLink), makeFolder: guard(real.makeFolder), remove: guard(real.remove) };
  return { disk, failed: () => changes > at };
}
