import { jsonSchemaOf } from '../definition/json-schema.js';
import type { JsonObject } from '../domain/json.js';
import { configSchema } from './config-schema.js';

/** JSON Schema (draft 2020-12) of `slipway.config.yaml`. */
export function configJsonSchema(): JsonObject {
  return jsonSchemaOf(configSchema, { id: '/schemas/config.json', title: 'Configuration of the operator' });
}
