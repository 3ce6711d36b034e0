import type { JsonObject } from '../json.js';
import { undeclaredGate } from './check-gates.js';
import type { Complaint } from './complaint.js';
import type { JsonPath } from './json-pointer.js';
import { objectOr } from './merge.js';

/** A source that is borrowed says nothing of its own; one that is owned can be brought back the way it says. */
export function checkBackups(environment: JsonObject): readonly Complaint[] {
  const sources = Object.entries(objectOr(environment['backups'])).map(([name, source]) => ({ source: objectOr(source), path: ['backups', name] }));
  return sources.flatMap(({ source, path }) => (source['uses'] === undefined ? checkOwned(source, path, environment) : checkBorrowed(source, path)));
}

function checkBorrowed(source: JsonObject, path: JsonPath): Complaint[] {
  return Object.keys(source).filter((key) => key !== 'uses').map((key) => ({ path: [...path, key], message: 'belongs to the service that owns the source: `uses` stands alone' }));
}

function checkOwned(source: JsonObject, path: JsonPath, environment: JsonObject): Complaint[] {
  const restore = objectOr(source['restore']);
  const missing: Complaint[] = source['repository'] === undefined ? [{ path: [...path, 'repository'], message: 'is required' }] : [];
  return [
    ...missing,
    ...undeclaredGate(restore['gate'], [...path, 'restore', 'gate'], environment),
    ...checkQuiesce(source, [...path, 'restore', 'quiesce']),
    ...checkQueries(source, [...path, 'restore', 'checks']),
  ];
}

function checkQuiesce(source: JsonObject, path: JsonPath): Complaint[] {
  const quiesce = objectOr(objectOr(source['restore'])['quiesce']);
  if (quiesce['readOnly'] !== undefined && source['postgres'] === undefined) {
    return [{ path: [...path, 'readOnly'], message: 'is for PostgreSQL only', hint: 'give command', code: 'QUIESCE_UNSUPPORTED' }];
  }
  if (source['sqlite'] !== undefined && quiesce['command'] === undefined) {
    return [{ path, message: 'must have command: a SQLite file can be swapped only while nobody writes', code: 'QUIESCE_REQUIRED' }];
  }
  return [];
}

function checkQueries(source: JsonObject, path: JsonPath): Complaint[] {
  if (source['directory'] === undefined) return [];
  return Object.entries(objectOr(objectOr(source['restore'])['checks']))
    .filter(([, check]) => objectOr(check)['query'] !== undefined)
    .map(([name]) => ({ path: [...path, name, 'query'], message: 'is for databases; a folder is checked by command' }));
}
