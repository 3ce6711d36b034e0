import type { DefinitionReader } from '../app/service/definition-reader.js';
import { parseDefinition } from '../definition/parse-definition.js';
import { resolveEnvironment } from '../definition/resolve-environment.js';

/** @param check refuses references to routers and targets that are not there, or may not be used. */
export function createDefinitionReader(check: DefinitionReader['check']): DefinitionReader {
  return { read: (input, service) => parseDefinition(input, { service }), check, resolve: resolveEnvironment };
}
