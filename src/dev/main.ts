import { codeOf, messageOf } from '../domain/errors.js';
import { parseArguments, USAGE } from './arguments.js';
import { createScreen } from './screen.js';
import { runStack } from './run-stack.js';

const screen = createScreen(process.stdout);
// A terminal that was closed must not keep the stack from ending in order.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  const args = parseArguments(process.argv.slice(2), process.env);
  if (args === 'help') screen.line(USAGE);
  else await runStack(args, process.env, screen);
} catch (error) {
  screen.current(undefined);
  process.stderr.write(`\n${codeOf(error)}: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
