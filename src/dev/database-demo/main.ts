import { codeOf, messageOf } from '../../domain/errors.js';
import { createScreen } from '../screen.js';
import { runDatabaseDemo } from './run-database-demo.js';

const screen = createScreen(process.stdout);
// A terminal that was closed must not keep the demo from ending in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await runDatabaseDemo(process.env, screen);
} catch (error) {
  process.stderr.write(`\n${codeOf(error)}: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
