import type { SchemaRow } from '../definition/schema-rows.js';

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function keyTable(rows: readonly SchemaRow[]): string {
  return table(['key', 'type', 'default', 'meaning'], rows.map(({ path, type, preset, required, description }) =>
    [`\`${path}\``, type, required ? 'required' : preset === undefined ? '' : `\`${preset}\``, description]));
}
