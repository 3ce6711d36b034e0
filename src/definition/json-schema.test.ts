import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { JsonObject } from '../domain/json.js';
import { configJsonSchema } from '../settings/json-schema.js';
import { definitionJsonSchema } from './json-schema.js';
import { parseYamlOrJson } from './parse-yaml-or-json.js';

const example = (file: string): unknown => parseYamlOrJson(readFileSync(new URL(`../../examples/${file}`, import.meta.url), 'utf8'), 'application/yaml');
// The library's type of a schema is closed, ours is plain JSON.
const accepts = (schema: JsonObject, value: unknown): boolean => z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]).safeParse(value).success;

describe('the published schema of a definition', () => {
  it.each(['checkout.slipway.yaml', 'legacy.slipway.yaml', 'storefront/storefront.slipway.yaml'])('accepts %s, whose environments inherit', (file) => {
    expect(accepts(definitionJsonSchema(), example(file))).toBe(true);
  });

  it('accepts null, which removes', () => {
    expect(accepts(definitionJsonSchema(), { environments: { a: { keepWarm: null, health: { web: null }, analysis: { noData: { wait: null } } } } })).toBe(true);
  });

  it.each([
    ['an unknown key', { environments: { a: { keepWrm: '1m' } } }],
    ['a wrong duration', { environments: { a: { keepWarm: '5 parsecs' } } }],
    ['a definition without environments', { service: 'shop' }],
  ])('refuses %s', (_, value) => {
    expect(accepts(definitionJsonSchema(), value)).toBe(false);
  });
});

describe('the published schema of slipway.config.yaml', () => {
  it('accepts the example', () => {
    expect(accepts(configJsonSchema(), example('slipway.config.yaml'))).toBe(true);
  });

  it('refuses an unknown key', () => {
    expect(accepts(configJsonSchema(), { routrs: {} })).toBe(false);
  });
});
