interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words?: readonly string[];
}

const MINUTE: Field = { name: 'minute', min: 0, max: 59 };
const HOUR: Field = { name: 'hour', min: 0, max: 23 };
const DAY: Field = { name: 'day of the month', min: 1, max: 31 };
const MONTH: Field = { name: 'month', min: 1, max: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] };
const WEEKDAY: Field = { name: 'day of the week', min: 0, max: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };

const FIELDS = [MINUTE, HOUR, DAY, MONTH, WEEKDAY];
const MACROS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** Of a leap year: what comes every four years still comes. */
const LONGEST_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What is wrong with a cron expression: five fields (minute, hour, day of the month, month, day of the week) or one of the known words such as
 * `@daily`.
 *
 * @returns the end of a sentence; undefined when nothing is wrong
 * @example cronProblem('0 25 * * *') // 'has "25" as hour, which goes from 0 to 23'
 */
export function cronProblem(cron: string): string | undefined {
  if (cron.startsWith('@')) return MACROS.includes(cron) ? undefined : `must be one of ${MACROS.join(', ')} or have five fields`;
  const texts = cron.split(' ').filter((text) => text !== '');
  if (texts.length !== FIELDS.length) return `must have five fields (minute, hour, day of the month, month, day of the week), not ${texts.length}`;
  for (const [index, field] of FIELDS.entries()) {
    const problem = fieldProblem(texts[index] ?? '', field);
    if (problem !== undefined) return problem;
  }
  return dayProblem(texts);
}

function fieldProblem(text: string, field: Field): string | undefined {
  const wrong = text.split(',').find((part) => valuesOf(part, field).length === 0);
  return wrong === undefined ? undefined : `has "${wrong}" as ${field.name}, which goes from ${field.min} to ${field.max}`;
}

/** Cron programs read two restricted days as either, schedules as both; and some days never come. */
function dayProblem([, , day = '', month = '', weekday = '']: readonly string[]): string | undefined {
  if (day !== '*' && weekday !== '*') return 'must leave the day of the month or the day of the week as *: programs differ on what both together mean';
  const months = month.split(',').flatMap((part) => valuesOf(part, MONTH));
  const first = Math.min(...day.split(',').flatMap((part) => valuesOf(part, DAY)));
  return months.some((each) => (LONGEST_DAYS[each - 1] ?? 0) >= first) ? undefined : 'names a day that never comes';
}

/** The values of `*`, `5`, `1-5`, each with `/2` or without. @returns none where it is no such thing */
function valuesOf(part: string, field: Field): readonly number[] {
  const match = /^(\*|([a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?)(?:\/(\d{1,2}))?$/i.exec(part);
  if (!match) return [];
  const [, range, from, to, step] = match;
  const first = range === '*' ? field.min : numberOf(from, field);
  const last = range === '*' || (to === undefined && step !== undefined) ? field.max : numberOf(to ?? from, field);
  const every = step === undefined ? 1 : Number(step);
  if (every === 0 || !(first >= field.min && last <= field.max && first <= last)) return [];
  return Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, index) => first + index * every);
}

function numberOf(text: string | undefined, { words = [], min }: Field): number {
  const word = words.indexOf((text ?? '').toLowerCase());
  return word >= 0 ? word + min : Number(text);
}
