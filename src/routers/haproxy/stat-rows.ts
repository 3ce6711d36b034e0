/** One line of `show stat`, by the names of its columns. */
export type Row = Readonly<Record<string, string>>;

/** A backend's own line, and those of its servers. */
export interface BackendRows {
  readonly total: Row;
  readonly servers: readonly Row[];
}

/** @returns undefined where the answer has no line of the backend itself. */
export function backendRows(csv: string): BackendRows | undefined {
  const rows = rowsOf(csv);
  const total = rows.find((row) => row['svname'] === 'BACKEND');
  return total && { total, servers: rows.filter((row) => row !== total) };
}

/** A column's number; 0 where HAProxy leaves it empty. */
export function numberIn(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

function rowsOf(csv: string): Row[] {
  const [head = '', ...lines] = csv.split('\n');
  const names = head.replace(/^# /, '').split(',');
  return lines.filter((line) => line.includes(',')).map((line) => {
    const values = fieldsOf(line);
    return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
  });
}

/** Text fields may be quoted and hold commas. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map((match) => (match[1] ?? '').replace(/^"|"$/g, ''));
}
