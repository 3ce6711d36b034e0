import { splitOf, type Generation, type RouterEntry, type Slot, UNMANAGED_ENTRY } from '../../../src/domain/router/entry.js';
import { mayReplace, parseGeneration } from '../../../src/domain/router/generation.js';

interface ModelInstance { entry: RouterEntry; tombstones: Generation[] }

/** Two router instances by the rules of the real ones: compare and set, tombstones, nothing else. */
export class ModelRouters {
  readonly instances: ModelInstance[];

  constructor(entry: RouterEntry = UNMANAGED_ENTRY) {
    this.instances = [{ entry, tombstones: [] }, { entry, tombstones: [] }];
  }

  write(index: number, entry: RouterEntry, base: Generation, decided: 'by a person' | 'by the run' = 'by the run'): 'done' | 'pulled' | 'conflict' {
    const instance = this.at(index);
    const own = parseGeneration(entry.generation)?.deployment ?? '';
    const gives = entry.candidateShare > 0 || (entry.stable !== instance.entry.stable && entry.deployment === own);
    if (decided === 'by the run' && gives && instance.tombstones.some((each) => parseGeneration(each)?.deployment === own)) return 'pulled';
    if (instance.entry.generation === entry.generation) return 'done';
    if (!mayReplace(instance.entry.generation, entry.generation, base)) return 'conflict';
    instance.entry = entry;
    return 'done';
  }

  /** @param indexes the instances that answer. */
  pull(generations: readonly Generation[], indexes: readonly number[] = [0, 1]): void {
    for (const index of indexes) this.at(index).tombstones.push(...generations);
  }

  /** The largest share the slot has on any instance. */
  share(slot: Slot): number {
    return Math.max(...this.instances.map(({ entry, tombstones }) => splitOf(entry, tombstones)[slot]));
  }

  sums(): number[] {
    return this.instances.map(({ entry, tombstones }) => splitOf(entry, tombstones)).map(({ blue, green }) => blue + green);
  }

  at(index: number): ModelInstance {
    const instance = this.instances[index % this.instances.length];
    if (!instance) throw new Error('no such instance');
    return instance;
  }
}
