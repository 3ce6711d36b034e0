/** ESM through swc: type checking is `tsc`'s work, the tests only strip types. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test', '<rootDir>/examples'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  // Half of its time a test waits for a server: four at once also on a machine of two cores.
  maxWorkers: 4,
  // Of a test that hangs, not of one that is slow: what is expected within a time has a deadline of its own.
  testTimeout: 30_000,
  testMatch: ['**/*.test.ts'],
  // `npm run test:remote` runs those: they want servers that few machines have.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/remote/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
};
