const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** @example formatBytes(1_500_000) // '1.5 MB' */
export function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length - 1);
  const value = bytes / 1_000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}
