import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './parts/checkout.mjs';
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
// What the set-up built for this checkout, for a machine that has it nowhere else.
process.env.PATH = `${process.env.PATH}${path.delimiter}${path.join(ROOT, '.slipway', 'tools')}`;
await import(pathToFileURL(path.join(ROOT, 'dist', 'bench', 'main.js')).href);
