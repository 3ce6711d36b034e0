import { SlipwayError } from '../errors.js';

/** What may stand as `${name}` in the strings of a definition. */
export const PLACEHOLDERS = ['service', 'environment', 'slot', 'version', 'deployment', 'instance', 'port'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];
export type PlaceholderValues = Readonly<Partial<Record<Placeholder, string>>>;

/** `$${` escapes, `${name}`, and a `${` that belongs to neither. Matched left to right, so an escape is never read as a placeholder. */
const TOKEN = /\$\$\{|\$\{([^}]*)\}|\$\{/g;

/**
 * The names in `text`, known or not, without those that are escaped; an opening without an end counts as the name it begins.
 * For checking a definition before anything is filled in.
 */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(TOKEN)].filter((match) => match[0] !== '$${').map((match) => match[1] ?? '');
}

export function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.some((known) => known === name);
}

/**
 * Fills in every placeholder; `$${` becomes `${`. What is filled in is never looked at again.
 *
 * @throws DEFINITION_INVALID when a name is unknown, or known but without a value in this place.
 */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return fill(text, values, (value) => value);
}

/**
 * The same for a PromQL query, where a placeholder stands inside a quoted string: a value can never end that string.
 *
 * @throws DEFINITION_INVALID as `fillPlaceholders`.
 */
export function fillQuery(query: string, values: PlaceholderValues): string {
  return fill(query, values, asLiteral);
}

function fill(text: string, values: PlaceholderValues, write: (value: string) => string): string {
  return text.replace(TOKEN, (token, name: string | undefined) => {
    if (token === '$${') return '${';
    const value = name !== undefined && isPlaceholder(name) ? values[name] : undefined;
    if (value === undefined) throw unfilled(name ?? '', values);
    return write(value);
  });
}

function unfilled(name: string, values: PlaceholderValues): SlipwayError {
  const known = Object.keys(values).map((key) => `\${${key}}`).join(' ');
  const why = isPlaceholder(name) ? 'has no value in this place' : 'is no placeholder';
  return new SlipwayError('DEFINITION_INVALID', `\${${name}} ${why}. Known here: ${known}. Write $\${ for the characters themselves.`);
}

/** Escapes for all three quotes of PromQL; a backquote has no escape there, so it is written as a number, which the other two take too. */
function asLiteral(value: string): string {
  return value.replace(/[\\"'`\n\r]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
