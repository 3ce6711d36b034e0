import { splitLines } from '../../programs/split-lines.js';
import { EMPTY_MARK } from './empty-tree.js';
import { reading } from './reading.js';
import { parseMessage, type ResticNode } from './restic-output.js';
import type { ResticProgram } from './restic-program.js';
import type { ResticRun } from './restic-failure.js';

/** Goes through what a snapshot holds without reading the content of its files. */
export async function listSnapshot(restic: ResticProgram, snapshot: string, onNode: (node: ResticNode) => void, signal: AbortSignal): Promise<ResticRun & { readonly redact: (text: string) => string }> {
  const lines = splitLines((line) => {
    const message = parseMessage(line);
    if (message?.message_type === 'node' && message.path !== `/${EMPTY_MARK}`) onNode(message);
  });
  const result = await reading((locks) => restic.run({ args: ['ls', '--', snapshot], length: 'long', signal, locks, onStdout: lines.take }));
  lines.end();
  return result;
}
