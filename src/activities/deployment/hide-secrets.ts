const HIDDEN = '[hidden]';
const NAMED = String.raw`[\w-]{0,60}(?:password|passwd|pwd|secret|token|api[-_]?key|credentials?)[\w-]{0,60}`;
/** `user:password@` of an address; a password that was not escaped may hold `/` and `@`. */
const IN_ADDRESS = /(:\/\/[^\s/:@"]{0,200}:)[^\s"]{1,200}@/g;
const ASSIGNED = new RegExp(String.raw`\b(${NAMED}["']?\s*[=:]\s*)("[^"\n]*"|'[^'\n]*'|[^\s,;]+(?:[,;][^\s,;]+)*)`, 'gi');
const AS_OPTION = new RegExp(String.raw`((?<=^|\s)--?${NAMED}\s+)("[^"\n]*"|'[^'\n]*'|[^\s-]\S*)`, 'gim');
const AUTHORIZATION = /\b((?:authorization["']?\s*[=:]\s*["']?)\w+|bearer)(\s+)[^\s"',;]+/gi;
const SECRET_NAME = /pass|secret|token|key|credential|pwd/i;
/** Shorter values are words that stand anywhere. */
const SHORTEST_VALUE = 6;

/** Output of a user's program as it may be kept and shown: without what looks like a secret, and without the values of our own environment that have a secret's name. */
export function hideSecrets(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const values = Object.entries(env).flatMap(([name, value]) => (value && value.length >= SHORTEST_VALUE && SECRET_NAME.test(name) ? [value] : []));
  const known = values.toSorted((a, b) => b.length - a.length).reduce((said, value) => said.replaceAll(value, HIDDEN), text);
  return known.replaceAll(AUTHORIZATION, `$1$2${HIDDEN}`).replaceAll(IN_ADDRESS, `$1${HIDDEN}@`).replaceAll(AS_OPTION, `$1${HIDDEN}`).replaceAll(ASSIGNED, `$1${HIDDEN}`);
}
