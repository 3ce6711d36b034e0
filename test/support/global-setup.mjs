import { tsImport } from 'tsx/esm/api';

/** Before all tests. jest does not transform this file: it loads the rest through tsx. */
export default async function setup() {
  const { startServices } = await tsImport('./services.ts', import.meta.url);
  globalThis[Symbol.for('slipway.test-services')] = await startServices();
}
