/** A process to be killed: it swaps a database of the run, or swaps it back, and says `begin` just before. */
import { createPrograms } from '../../../src/programs/programs.js';
import { createPostgresSource } from '../../../src/sources/postgres/postgres-source.js';

const [what, live = '', admin = '', run = '', stagingFolder = ''] = process.argv.slice(2);
const source = createPostgresSource({
  name: 'orders', url: async () => live, adminUrl: async () => admin, stagingFolder, programs: createPrograms({ guardian: { watch: () => undefined, release: () => undefined } }),
});
const context = { run, signal: new AbortController().signal, stillOurs: async () => undefined, progress: () => undefined };
process.stdout.write('begin\n');
await (what === 'swap' ? source.swap(context) : source.swapBack(context));
