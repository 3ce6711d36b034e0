import { SlipwayError } from '../../domain/errors.js';
import { decodeEntry, type Generation, UNMANAGED_ENTRY } from '../../domain/router/entry.js';
import type { Cell } from '../shift-rule.js';
import type { Ask } from './admin-connection.js';
import { word } from './word.js';

const TOMBSTONE = 'dead-';

/** What the map says about one backend. */
export interface MapCell extends Cell {
  /** Whether it has a line for it. */
  readonly hasEntry: boolean;
}

/** The lines of a map in memory: the entry of one backend, and a tombstone for each pulled generation. */
export interface RuntimeMap {
  /** The map's file, which is also its name. */
  readonly path: string;
  /** What is in memory, in the form of the file. */
  dump(): Promise<string>;
  /** @throws ROUTER_ENTRY_INVALID when somebody else wrote the entry. */
  read(): Promise<MapCell>;
  writeEntry(text: string): Promise<void>;
  bury(generation: Generation): Promise<void>;
  unbury(generation: Generation): Promise<void>;
}

/** The map of a backend, kept in the file `path`. Every call @throws ROUTER_ENTRY_UNKNOWN when HAProxy has no such map. */
export function openMap(ask: Ask, backend: string, path: string): RuntimeMap {
  const command = async (text: string): Promise<string> => {
    const answer = await ask(text);
    if (answer.startsWith('Unknown map')) throw noMap(backend, path);
    return answer;
  };
  const lines = async (): Promise<(readonly [key: string, value: string])[]> => (await command(`show map ${path}`)).split('\n').flatMap(keyAndValue);

  async function put(key: string, value: string): Promise<void> {
    const pair = `${word(key)} ${word(value)}`;
    const answer = await command(`set map ${path} ${pair}`);
    if (answer !== '' && !answer.startsWith('entry not found')) throw refused(answer);
    if (answer === '') return;
    const added = await command(`add map ${path} ${pair}`);
    if (added !== '') throw refused(added);
  }

  return {
    path,
    dump: async () => (await lines()).map(([key, value]) => `${key} ${value}\n`).join(''),
    read: async () => cellOf(await lines(), backend),
    writeEntry: (text) => put(backend, text),
    bury: (generation) => put(TOMBSTONE + generation, '1'),
    unbury: async (generation) => void (await command(`del map ${path} ${word(TOMBSTONE + generation)}`)),
  };
}

/** What a key of the map says; undefined when it is not there. */
export async function valueIn(map: Pick<RuntimeMap, 'dump'>, key: string): Promise<string | undefined> {
  const line = (await map.dump()).split('\n').find((one) => one.startsWith(`${key} `));
  return line?.slice(key.length + 1);
}

/** A line of `show map` begins with the address of the element in memory. */
function keyAndValue(line: string): (readonly [key: string, value: string])[] {
  const [, key, ...value] = line.split(' ');
  return key === undefined || value.length === 0 ? [] : [[key, value.join(' ')]];
}

function cellOf(lines: readonly (readonly [key: string, value: string])[], backend: string): MapCell {
  const text = lines.find(([key]) => key === backend)?.[1];
  const entry = text === undefined ? UNMANAGED_ENTRY : decodeEntry(text);
  if (!entry) throw new SlipwayError('ROUTER_ENTRY_INVALID', `The map holds \`${text}\` for ${backend}, which is no entry of Slipway.`);
  const graves = lines.filter(([key]) => key.startsWith(TOMBSTONE)).map(([key]) => key.slice(TOMBSTONE.length));
  return { entry, hasEntry: text !== undefined, tombstones: [...new Set(graves)] };
}

export function noMap(backend: string, path: string): SlipwayError {
  return new SlipwayError('ROUTER_ENTRY_UNKNOWN', `HAProxy has no map ${path} for ${backend}: \`slipway router config haproxy\` prints the configuration.`);
}

function refused(answer: string): SlipwayError {
  return new SlipwayError('ROUTER_UNREACHABLE', `HAProxy refused to write the map: ${answer}`);
}
