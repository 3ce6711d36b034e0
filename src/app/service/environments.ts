import { SlipwayError } from '../../domain/errors.js';
import type { EnvironmentSpec } from '../../domain/service/environment.js';
import type { ServiceRecord } from '../../store/stores.js';
import type { DefinitionReader, ReadDefinition } from './definition-reader.js';

interface Entry { readonly revision: number; readonly read: ReadDefinition }

/** Definitions parsed once a revision: a deployment does not pay for it again. */
export class Environments {
  private readonly parsed = new Map<string, Entry>();

  constructor(private readonly definitions: DefinitionReader, private readonly capacity = 500) {}

  /** @throws ENVIRONMENT_NOT_FOUND */
  of(record: ServiceRecord, environment: string): EnvironmentSpec {
    const { environments } = this.read(record);
    const spec = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
    if (spec) return spec;
    const known = Object.keys(environments).join(', ');
    const problem = { path: '/environment', message: 'is none of the service', hint: `one of: ${known}` };
    throw new SlipwayError('ENVIRONMENT_NOT_FOUND', `Service "${record.service}" has the environments: ${known}.`, { problems: [problem] });
  }

  read(record: ServiceRecord): ReadDefinition {
    const known = this.parsed.get(record.service);
    if (known?.revision === record.revision) return known.read;
    const read = this.definitions.read(record.definition, record.service);
    if (this.parsed.size >= this.capacity) this.parsed.clear();
    this.parsed.set(record.service, { revision: record.revision, read });
    return read;
  }
}
