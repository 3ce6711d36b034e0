import { SlipwayError } from '../../domain/errors.js';

/**
 * One word of a command of the runtime API, where a blank, a line's end or a semicolon would begin something else.
 *
 * @throws INVALID_REQUEST when the text is more than a word.
 */
export function word(text: string): string {
  if (/^[A-Za-z0-9._:@+/[\]-]+$/.test(text)) return text;
  throw new SlipwayError('INVALID_REQUEST', `HAProxy takes letters, digits and . _ : @ + / - in names; it was given \`${text}\`.`);
}
