import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { ROOT } from './parts/checkout.mjs';

// Records anew what the replay test holds the workflows to: all of it, or the cases named as arguments. Only for a release that is not out yet: the folders of those that are out stay as they are.
const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
const { recordHistories } = await tsImport('../test/support/histories/record-histories.ts', import.meta.url);
await recordHistories(path.join(ROOT, 'test', 'histories', version), process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
process.exit(0);
