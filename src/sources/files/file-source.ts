import type { CheckOutcome } from '../../domain/backup/restore-status.js';
import type { CheckSpec } from '../../domain/backup/source-spec.js';
import { type ErrorCode, SlipwayError } from '../../domain/errors.js';
import type { Programs } from '../../programs/programs.js';
import { checkByCommand } from '../check-by-command.js';
import type { Captured, Side, Source, SourceContext, SwapResult } from '../source.js';
import { copyMissing } from './copy-missing.js';
import type { Disk } from './disk.js';
import type { Exchange, Exchanged } from './exchange.js';
import { withFileFaults } from './file-fault.js';
import type { Places } from './places.js';

/** In what one kind of source on a file system differs from another. */
export interface FileSourceKind extends Pick<Source, 'describeSwap'> {
  readonly kind: 'directory' | 'sqlite';
  /** For people: `the folder invoices`. */
  readonly what: string;
  /** As the definition names it. */
  readonly path: string;
  readonly disk: Disk;
  readonly programs: Programs;
  exchangeOf(context: SourceContext): Promise<Exchange>;
  /** @param live where the data is by now */
  capture<T>(live: string, context: SourceContext, use: (captured: Captured) => Promise<T>): Promise<T>;
  fingerprint(path: string, side: Side, context: SourceContext): ReturnType<Source['fingerprint']>;
  /** The files of a backup, in `places.part`, become the copy. @throws RESTORE_FAILED */
  finish(places: Places, context: SourceContext): Promise<void>;
  checkByQuery(query: Extract<CheckSpec, { kind: 'query' }>, copy: string, context: SourceContext): Promise<Pick<CheckOutcome, 'ok' | 'detail'>>;
}

/** A source on the file system of the worker's host: what is made of it lies beside it, and takes its place by renames. */
export function createFileSource(own: FileSourceKind): Source {
  /** Every call on the file system, with its errors as ours. */
  async function act<T>(doing: string, context: SourceContext, work: (exchange: Exchange) => Promise<T>, otherwise: ErrorCode = 'SOURCE_REFUSED'): Promise<T> {
    context.signal.throwIfAborted();
    return withFileFaults(`${doing} of ${own.path}`, otherwise, async () => work(await own.exchangeOf(context)));
  }

  function swapping(doing: string, context: SourceContext, work: (exchange: Exchange) => Promise<Exchanged>): Promise<SwapResult> {
    return act(doing, context, async (exchange) => {
      const beganAt = performance.now();
      return { ...(await work(exchange)), tookMs: performance.now() - beganAt };
    }, 'SWAP_FAILED');
  }

  return {
    kind: own.kind,
    async capture(context, use) {
      const live = await act('A backup', context, (exchange) => exchange.locate('live'));
      return own.capture(live, context, use);
    },
    fingerprint: (side, context) => act('A fingerprint', context, async (exchange) => own.fingerprint(await exchange.locate(side), side, context)),
    describeSwap: (context) => withFileFaults(`The plan for ${own.path}`, 'SOURCE_REFUSED', () => own.describeSwap(context)),
    async fillCopy(context, fetch) {
      const restoring = <T>(work: (exchange: Exchange) => Promise<T>) => act('A restore', context, work, 'RESTORE_FAILED');
      await fetch(await restoring((exchange) => emptyPart(own.disk, exchange)));
      await restoring(async (exchange) => {
        await exchange.requireNotSwapped();
        if ((await own.disk.kindOf(exchange.places.part)) !== 'folder') throw copyMissing(exchange.places.part);
        await own.finish(exchange.places, context);
      });
    },
    check: (checks, context) => act('A check', context, async (exchange) => checkAll(own, checks, await exchange.locate('copy'), context)),
    async quiesce() {
      throw new SlipwayError('QUIESCE_UNSUPPORTED', `Nothing but a command of yours can stop the writers of ${own.what}.`);
    },
    unquiesce: async () => undefined,
    swap: (context) => swapping('A swap', context, (exchange) => exchange.swap()),
    swapBack: (context) => swapping('A swap back', context, (exchange) => exchange.swapBack()),
    dropOld: (context) => act('Dropping what was replaced', context, (exchange) => exchange.dropOld()),
    dropCopy: (context) => act('Dropping the copy', context, (exchange) => exchange.dropCopy()),
  };
}

/** Beside what is live, so that its files need not be copied once more. @returns where */
async function emptyPart(disk: Disk, exchange: Exchange): Promise<string> {
  await exchange.requireNotSwapped();
  await exchange.dropCopy();
  await disk.makeFolder(exchange.places.part);
  return exchange.places.part;
}

async function checkAll(own: FileSourceKind, checks: Readonly<Record<string, CheckSpec>>, copy: string, context: SourceContext): Promise<readonly CheckOutcome[]> {
  const outcomes = [];
  for (const [name, spec] of Object.entries(checks)) {
    const outcome = spec.kind === 'query' ? await own.checkByQuery(spec, copy, context) : await checkByCommand(spec, { copy, programs: own.programs, signal: context.signal });
    outcomes.push({ name, ...outcome });
  }
  return outcomes;
}
