/** A process to be killed: it runs a program that ignores SIGTERM under a guardian, and names the program's pid on its standard output. */
import { startGuardian } from '../../../src/programs/guardian.js';
import { createPrograms } from '../../../src/programs/programs.js';
import { GUARDIAN_COMMAND } from './from-source.js';

const [records] = process.argv.slice(2);
const guardian = startGuardian({ command: GUARDIAN_COMMAND, ...(records ? { records } : {}) });
const programs = createPrograms({
  guardian: {
    watch(group) {
      guardian.watch(group);
      process.stdout.write(`${group}\n`);
    },
    release: guardian.release,
  },
});
await programs.run({ command: [process.execPath, '-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], timeoutMs: 60_000 });
