const HIDDEN = '[hidden]';
/** `user:password@` of an address. */
const IN_ADDRESS = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g;
const ASSIGNED = /\b([\w-]*(?:password|passwd|pwd|secret|token|api[-_]?key|credentials?)[\w-]*["']?\s*[=:]\s*)("[^"\n]*"|'[^'\n]*'|[^\s,;]+)/gi;
const SECRET_NAME = /pass|secret|token|key|credential|pwd/i;
/** Shorter values are words that stand anywhere. */
const SHORTEST_VALUE = 6;

/** Output of a user's program as it may be kept and shown: without what looks like a secret, and without the values of our own environment that have a secret's name. */
export function hideSecrets(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const values = Object.entries(env).flatMap(([name, value]) => (value && value.length >= SHORTEST_VALUE && SECRET_NAME.test(name) ? [value] : []));
  const known = values.toSorted((a, b) => b.length - a.length).reduce((said, value) => said.replaceAll(value, HIDDEN), text);
  return known.replaceAll(IN_ADDRESS, `$1${HIDDEN}@`).replaceAll(ASSIGNED, `$1${HIDDEN}`);
}
