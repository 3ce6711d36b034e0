import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from '../src/definition/parse-definition.js';
import { parseYamlOrJson } from '../src/definition/parse-yaml-or-json.js';
import { catalogueOf } from '../src/settings/catalogue.js';
import { checkReferences } from '../src/settings/check-references.js';
import { loadSettings } from '../src/settings/load-settings.js';

const folder = fileURLToPath(new URL('../examples/', import.meta.url));
const definitions = readdirSync(folder).filter((file) => file.endsWith('.slipway.yaml'));
const settings = loadSettings({ env: { SLIPWAY_DATABASE_URL: 'postgres://localhost/slipway' }, file: `${folder}slipway.config.yaml` });

describe('the examples', () => {
  it('has definitions', () => {
    expect(definitions).not.toEqual([]);
  });

  it.each(definitions)('%s is accepted, and refers only to what the example configuration declares', (file) => {
    const service = file.replace('.slipway.yaml', '');
    const { environments } = parseDefinition(parseYamlOrJson(readFileSync(folder + file, 'utf8'), 'application/yaml'), { service });
    expect(checkReferences(environments, catalogueOf(settings.operator))).toEqual([]);
  });

  it('storefront is accepted', () => {
    const text = readFileSync(`${folder}storefront/storefront.slipway.yaml`, 'utf8');
    expect(() => parseDefinition(parseYamlOrJson(text, 'application/yaml'), { service: 'storefront' })).not.toThrow();
  });
});
