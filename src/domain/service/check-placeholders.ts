import type { Json } from '../json.js';
import type { Complaint } from './complaint.js';
import type { JsonPath } from './json-pointer.js';
import { isJsonObject } from './merge.js';
import { knownHint } from './nearest.js';
import { isPlaceholder, type Placeholder, PLACEHOLDERS, placeholdersIn } from './placeholders.js';

interface Place {
  readonly what: string;
  readonly knows: readonly Placeholder[];
}

const OF_SLOT: Place = { what: 'a query about a slot', knows: ['service', 'environment', 'slot', 'version', 'deployment'] };
const OF_DEPLOYMENT: readonly Placeholder[] = ['service', 'environment', 'version', 'deployment'];
const NOTICE: Place = { what: 'an address for notices', knows: OF_DEPLOYMENT };
const MIGRATION: Place = { what: 'a migration', knows: OF_DEPLOYMENT };
const BACKUP: Place = { what: 'a backup', knows: ['service', 'environment'] };

/** Every `${...}` must name something that is known when it is used; `$${` is a literal `${`. */
export function checkPlaceholders(value: Json, path: JsonPath = []): readonly Complaint[] {
  if (typeof value === 'string') return complaintsAbout(value, path);
  if (Array.isArray(value)) return value.flatMap((inner, index) => checkPlaceholders(inner, [...path, index]));
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, inner]) => checkPlaceholders(inner, [...path, key]));
  return [];
}

function complaintsAbout(text: string, path: JsonPath): Complaint[] {
  const place = placeOf(path);
  return placeholdersIn(text).flatMap((name): Complaint[] => {
    if (isPlaceholder(name)) return place === undefined || place.knows.includes(name) ? [] : [unknownHere(name, place, path)];
    if (name === '') return [{ path, message: 'has a placeholder without a name or without its closing brace', hint: 'write $${ for a literal ${' }];
    return [{ path, message: `has an unknown placeholder "\${${name.slice(0, 60)}}"`, ...knownHint(name, place?.knows ?? PLACEHOLDERS) }];
  });
}

function unknownHere(name: Placeholder, { what, knows }: Place, path: JsonPath): Complaint {
  return { path, message: `has \${${name}}, which ${what} cannot have`, hint: `use ${knows.map((known) => `\${${known}}`).join(', ')}` };
}

/** Where fewer are known than around an instance. */
function placeOf(path: JsonPath): Place | undefined {
  if (path[0] === 'notify') return NOTICE;
  if (path[0] === 'backups') return BACKUP;
  if (path[0] === 'protect') return MIGRATION;
  return path[0] === 'analysis' && path.at(-1) === 'prometheus' ? OF_SLOT : undefined;
}
