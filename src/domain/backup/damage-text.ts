import type { Damage } from './manifest.js';

const SHOWN = 3;

/** What is hit, in sentences, for a person: the first three, each with its file, and how many more there are. */
export function damageText(damage: readonly Damage[]): string {
  if (damage.length === 0) return 'No details are known.';
  const more = damage.length > SHOWN ? [`And ${damage.length - SHOWN} more.`] : [];
  return [...damage.slice(0, SHOWN).map(sentence), ...more].join(' ');
}

function sentence({ file, text }: Damage): string {
  return file === null || text.includes(file) ? text : `${file}: ${text}`;
}
