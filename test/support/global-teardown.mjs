/** After all tests, in the process of the setup. */
export default async function teardown() {
  await globalThis[Symbol.for('slipway.test-services')]?.stop();
}
