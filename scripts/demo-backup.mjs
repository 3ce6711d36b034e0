import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './parts/checkout.mjs';
import { setUpOrExit } from './setup.mjs';

// In this process, not in a child: Ctrl-C and a kill reach what starts the stack itself.
await setUpOrExit();
await import(pathToFileURL(path.join(ROOT, 'dist', 'src', 'dev', 'database-demo', 'main.js')).href);
