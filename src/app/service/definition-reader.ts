import type { JsonObject } from '../../domain/json.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';

export interface ReadDefinition {
  /** As the user wrote it. */
  readonly definition: JsonObject;
  readonly environments: Readonly<Record<string, EnvironmentSpec>>;
}

/** Where a key of a resolved environment comes from. */
export interface ResolvedEnvironment {
  readonly value: JsonObject;
  /** By JSON pointer: `default`, `defaults` or `environment`. */
  readonly origins: Readonly<Record<string, string>>;
}

/** Makes sense of what a team wrote. */
export interface DefinitionReader {
  /** @throws DEFINITION_INVALID and its kin, with every problem */
  read(input: unknown, service: string): ReadDefinition;
  /** What only counts when a definition is put: whether the routers and targets it names are there, and may be used. @throws ROUTER_UNKNOWN and its kin */
  check(environments: ReadDefinition['environments']): void;
  resolve(definition: JsonObject, environment: string): ResolvedEnvironment;
}
