import type { Json } from '../json.js';
import type { Complaint } from './complaint.js';
import type { JsonPath } from './json-pointer.js';
import { isJsonObject } from './merge.js';
import { knownHint } from './nearest.js';
import { isPlaceholder, PLACEHOLDERS, placeholdersIn } from './placeholders.js';

const RECEIVER_KNOWS = ['service', 'environment', 'version', 'deployment'];

/** Every `${...}` must name something that is known when it is used; `$${` is a literal `${`. */
export function checkPlaceholders(value: Json, path: JsonPath = []): readonly Complaint[] {
  if (typeof value === 'string') return complaintsAbout(value, path);
  if (Array.isArray(value)) return value.flatMap((inner, index) => checkPlaceholders(inner, [...path, index]));
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, inner]) => checkPlaceholders(inner, [...path, key]));
  return [];
}

function complaintsAbout(text: string, path: JsonPath): Complaint[] {
  return placeholdersIn(text).flatMap((name): Complaint[] => {
    if (isPlaceholder(name)) return isQuery(path) ? aboutQuery(name, path) : isReceiver(path) ? aboutReceiver(name, path) : [];
    if (name === '') return [{ path, message: 'has a placeholder without a name or without its closing brace', hint: 'write $${ for a literal ${' }];
    return [{ path, message: `has an unknown placeholder "\${${name.slice(0, 60)}}"`, ...knownHint(name, PLACEHOLDERS) }];
  });
}

/** A query is about a whole slot. */
function aboutQuery(name: string, path: JsonPath): Complaint[] {
  return name === 'instance' || name === 'port' ? [{ path, message: `has \${${name}}, which a query about a slot cannot have`, hint: 'use ${slot}, ${version} or ${deployment}' }] : [];
}

/** A notice is about a whole deployment. */
function aboutReceiver(name: string, path: JsonPath): Complaint[] {
  return RECEIVER_KNOWS.includes(name) ? [] : [{ path, message: `has \${${name}}, which an address for notices cannot have`, hint: 'use ${service}, ${environment}, ${version} or ${deployment}' }];
}

function isReceiver(path: JsonPath): boolean {
  return path[0] === 'notify';
}

function isQuery(path: JsonPath): boolean {
  return path[0] === 'analysis' && path.at(-1) === 'prometheus';
}
