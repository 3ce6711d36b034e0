import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

export const DEMO_SERVICE = 'storefront';
export const DEMO_ENVIRONMENT = 'demo';
/** The source that is backed up, as the definition calls it. */
export const DEMO_SOURCE = 'orders';

/** The example's own definition, as text, with the folder of this stack in the place of the one it names. */
export async function demoDefinition(checkout: string, ordersFolder: string): Promise<string> {
  const document = parseDocument(await readFile(join(checkout, 'examples/storefront/storefront.slipway.yaml'), 'utf8'));
  document.setIn(['environments', DEMO_ENVIRONMENT, 'backups', DEMO_SOURCE, 'directory', 'path'], ordersFolder);
  return document.toString();
}
