import { createHash, type Hash } from 'node:crypto';
import { BrokenArchive } from './broken-archive.js';
import { MANIFEST } from './layout.js';
import { manifestLine } from './manifest-text.js';
import type { ArchiveEntry } from './read-archive.js';

/** Follows the entries of one archive and holds them against the manifest inside of it, whatever their number, in constant memory. */
export class EntrySums {
  readonly #expected: Hash = createHash('sha256');
  #found: string | undefined;

  /** Passes the body on and, when it has ended, knows its hash. */
  async *read(entry: ArchiveEntry): AsyncGenerator<Uint8Array, string> {
    const hash = createHash('sha256');
    for await (const chunk of entry.body) {
      hash.update(chunk);
      yield chunk;
    }
    const sha256 = hash.digest('hex');
    if (entry.place === MANIFEST) this.#found = sha256;
    else this.#expected.update(manifestLine(entry.name, sha256));
    return sha256;
  }

  /** @returns the SHA-256 of the manifest inside. @throws BrokenArchive when it is missing or says something else */
  end(): string {
    if (this.#found === undefined) throw new BrokenArchive(`there is no ${MANIFEST} in it: it ends too early`);
    if (this.#found !== this.#expected.digest('hex')) throw new BrokenArchive(`its files are not those of its ${MANIFEST}`);
    return this.#found;
  }
}
