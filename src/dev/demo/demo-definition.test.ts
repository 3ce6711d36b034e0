import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from '../../definition/parse-definition.js';
import { parseYamlOrJson } from '../../definition/parse-yaml-or-json.js';
import { checkoutFolder } from '../checkout.js';
import { DEMO_SERVICE, DEMO_SOURCE, demoDefinition } from './demo-definition.js';

describe('the definition of the demo', () => {
  it('is the example with the folder of this stack, whatever its name', async () => {
    const folder = '/srv/it: "has" #signs/orders';
    const { environments } = parseDefinition(parseYamlOrJson(await demoDefinition(checkoutFolder(), folder), 'application/yaml'), { service: DEMO_SERVICE });
    expect(Object.values(environments).map(({ backups }) => backups[DEMO_SOURCE])).toEqual([expect.objectContaining({ at: { kind: 'directory', path: folder }, repository: 'local' })]);
  });

  it('promotes nothing that nobody used', async () => {
    const { environments } = parseDefinition(parseYamlOrJson(await demoDefinition(checkoutFolder(), '/srv/orders'), 'application/yaml'), { service: DEMO_SERVICE });
    expect(Object.values(environments).map(({ analysis }) => analysis.requireTraffic)).toEqual([true]);
  });
});
