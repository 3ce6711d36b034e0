import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { messageOf, SlipwayError } from '../../domain/errors.js';
import { decodeEntry, encodeEntry, SLOTS } from '../../domain/router/entry.js';
import { type Backend, createBackend, readyServers, registerServers } from './backend.js';

const Servers = z.array(z.strictObject({ id: z.string(), address: z.string(), inRotation: z.boolean() }));
const Saved = z.strictObject({
  version: z.literal(1),
  backends: z.record(z.string(), z.strictObject({
    entry: z.string(),
    tombstones: z.array(z.string()),
    slots: z.strictObject({ blue: Servers, green: Servers }),
  })),
});

/** Entry, tombstones and servers of every backend, as JSON. */
export function saveState(backends: Iterable<Backend>): string {
  const saved = [...backends].map(({ name, cell, slots }) => [name, {
    entry: encodeEntry(cell.entry),
    tombstones: cell.tombstones,
    slots: Object.fromEntries(SLOTS.map((slot) => [slot, slots[slot].servers.map(({ id, address, inRotation }) => ({ id, address, inRotation }))])),
  }]);
  return `${JSON.stringify({ version: 1, backends: Object.fromEntries(saved) }, null, 2)}\n`;
}

/**
 * What was saved; nothing when there is no file yet.
 *
 * @throws ROUTER_ENTRY_INVALID when the file is no state of ours: to begin anew would move traffic.
 */
export async function loadState(file: string): Promise<Map<string, Backend>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? new Map() : restore(file, text);
}

function restore(file: string, text: string): Map<string, Backend> {
  try {
    const { backends } = Saved.parse(JSON.parse(text));
    return new Map(Object.entries(backends).map(([name, saved]) => [name, revive(name, saved)]));
  } catch (error) {
    throw new SlipwayError('ROUTER_ENTRY_INVALID', `The router's state in ${file} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function revive(name: string, saved: z.infer<typeof Saved>['backends'][string]): Backend {
  const entry = decodeEntry(saved.entry);
  if (!entry) throw new Error(`${name} holds \`${saved.entry}\`, which is no entry`);
  const backend = createBackend(name);
  backend.cell = { entry, tombstones: saved.tombstones };
  for (const slot of SLOTS) {
    registerServers(backend.slots[slot], saved.slots[slot]);
    readyServers(backend.slots[slot], saved.slots[slot].filter((server) => server.inRotation));
  }
  return backend;
}
