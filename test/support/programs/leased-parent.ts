/**
 * A process to be frozen: it works on a repository under a lease, by a program that ignores SIGTERM. Prints that program's group each time its guardian
 * is told how long it may run.
 */
import { withLease } from '../../../src/activities/backup/lease.js';
import { startGuardian } from '../../../src/programs/guardian.js';
import { createPrograms } from '../../../src/programs/programs.js';
import { createMemoryStores } from '../../../src/store/memory/memory-stores.js';
import { GUARDIAN_COMMAND } from './from-source.js';

const [leaseTtlMs] = process.argv.slice(2);
const guardian = startGuardian({ command: GUARDIAN_COMMAND });
const programs = createPrograms({
  guardian: {
    watch(group, untilMs) {
      guardian.watch(group, untilMs);
      process.stdout.write(`${group}\n`);
    },
    release: guardian.release,
  },
});
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const deps = { stores: createMemoryStores(), leaseTtlMs: Number(leaseTtlMs), programs, logger };
const { signal } = new AbortController();
await withLease(deps, 'shared', { name: 'vault', place: '/vault' }, { holder: 'one', signal }, (lost) => (
  programs.run({ command: [process.execPath, '-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], timeoutMs: 120_000, signal: lost })
));
