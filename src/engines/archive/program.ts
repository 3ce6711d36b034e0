/**
 * The program that does the work on bytes for the engine `archive`, so that neither the memory nor the event loop of a worker is used for it.
 * Standard input: one request as JSON. Standard output: lines of JSON, the last one a result or an error.
 */
import { text } from 'node:stream/consumers';
import { codeOf, isSlipwayError, messageOf } from '../../domain/errors.js';
import { meterOf } from './meter.js';
import { fetch } from './operations/fetch.js';
import { find } from './operations/find.js';
import { forget } from './operations/forget.js';
import { prepare } from './operations/prepare.js';
import { prune } from './operations/prune.js';
import { store } from './operations/store.js';
import { verify } from './operations/verify.js';
import type { InputOf, Line, Operation, OperationName } from './protocol.js';

const OPERATIONS: { readonly [K in OperationName]: Operation<K> } = { prepare, store, find, verify, fetch, forget, prune };

try {
  // Written by the engine, which is of the same build.
  const { operation, input } = JSON.parse(await text(process.stdin)) as { readonly operation: OperationName; readonly input: InputOf<OperationName> };
  say({ result: await carryOut(operation, input) });
} catch (error) {
  say({ error: { code: isSlipwayError(error) ? codeOf(error) : 'ENGINE_FAILED', message: messageOf(error) } });
}
// Nothing that still waits may hold up the answer: a producer whose output nobody reads, a disk that hangs.
process.exit(0);

function carryOut<K extends OperationName>(operation: K, input: InputOf<K>): Promise<unknown> {
  return OPERATIONS[operation](input, meterOf((progress) => say({ progress })));
}

function say(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
