/**
 * The system's code of an error, such as `ENOENT` or `ECONNREFUSED`; undefined when it has none.
 * By shape: `instanceof Error` does not hold for the platform's errors inside a test runner's realm.
 */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^(E[A-Z0-9]+|EAI_\w+|HPE_\w+)$/.test(error.code) ? error.code : undefined;
}
