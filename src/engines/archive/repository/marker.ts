import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../../domain/errors.js';
import { BrokenArchive } from '../format/broken-archive.js';
import { seal, unseal } from '../format/seal.js';
import { errnoOf } from '../../../net/errno.js';
import { syncFolder, writeDurably } from '../../durable-files.js';
import { inRepository, isMissing } from './faults.js';
import { isThere } from './is-there.js';
import type { Keys } from './keys.js';

/** Says that the folder is a repository and not the empty place where a disk should be mounted, and whose key it has. */
const MARKER = 'slipway-archive.age';
const TEXT = 'A repository of backups. Each archive: age --decrypt --identity KEY FILE | tar -xz && sha256sum --check MANIFEST.sha256\n';

/** @throws REPOSITORY_UNREACHABLE when the folder is not a repository */
export async function openRepository(folder: string): Promise<Buffer> {
  return inRepository(() => readFile(join(folder, MARKER))).catch((error: unknown) => {
    if (!(error instanceof SlipwayError) || !isMissing(error.cause)) throw error;
    throw new SlipwayError('REPOSITORY_UNREACHABLE', `${folder} has no ${MARKER}: it is not a repository, or its disk is not mounted.`, { cause: error });
  });
}

/** @throws REPOSITORY_UNREACHABLE, REPOSITORY_PASSWORD_WRONG */
export async function unlockRepository(folder: string, { identities }: Keys): Promise<void> {
  const marker = await openRepository(folder);
  try {
    for await (const _ of unseal(once(marker), identities)) { /* opening it is the proof */ }
  } catch (error) {
    if (!(error instanceof BrokenArchive)) throw error;
    throw new SlipwayError('REPOSITORY_PASSWORD_WRONG', `The identity does not open ${join(folder, MARKER)}: ${error.message}.`, { cause: error });
  }
}

/** What file systems without hard links say, those of Windows and of memory cards. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/** Of two at once, one makes it and the other finds it; where there are no hard links, only the lease keeps the other away. */
export async function makeRepository(folder: string, { recipients }: Keys, makeLink: typeof link = link): Promise<void> {
  const temporary = join(folder, `${MARKER}.${randomUUID()}.tmp`);
  await inRepository(async () => {
    try {
      await writeDurably(temporary, await sealed(recipients));
      await makeLink(temporary, join(folder, MARKER)).catch(async (error: unknown) => {
        if (errnoOf(error) === 'EEXIST') return;
        if (!NO_LINKS.includes(errnoOf(error))) throw error;
        if (!(await isThere(join(folder, MARKER)))) await rename(temporary, join(folder, MARKER));
      });
      await syncFolder(folder);
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

async function sealed(recipients: readonly string[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of seal(once(Buffer.from(TEXT)), recipients)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
