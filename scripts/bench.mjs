import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './parts/checkout.mjs';
import { setUpOrExit } from './setup.mjs';

await setUpOrExit();
await import(pathToFileURL(path.join(ROOT, 'dist', 'bench', 'main.js')).href);
