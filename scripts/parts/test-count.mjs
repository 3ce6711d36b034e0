/**
 * The sum over the checks (each counts as one) and jest's tests. A test file that could not even be loaded counts as one failure,
 * and so does a jest that ended badly although no test of it failed.
 * @param {readonly {passed: boolean}[]} checks
 * @param {{numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numRuntimeErrorTestSuites: number, exitCode: number} | undefined} jest
 */
export function countOf(checks, jest) {
  const passedChecks = checks.filter(({ passed }) => passed).length;
  const failedChecks = checks.length - passedChecks;
  if (jest === undefined) return { passed: passedChecks, failed: failedChecks + 1, skipped: 0 };
  const failedTests = jest.numFailedTests + jest.numRuntimeErrorTestSuites;
  return {
    passed: passedChecks + jest.numPassedTests,
    failed: failedChecks + (failedTests === 0 && jest.exitCode !== 0 ? 1 : failedTests),
    skipped: jest.numPendingTests + jest.numTodoTests,
  };
}

/** In CI nothing may be skipped: there every program a test needs is installed. */
export function isGood({ failed, skipped }, { ci }) {
  return failed === 0 && !(ci && skipped > 0);
}

export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
