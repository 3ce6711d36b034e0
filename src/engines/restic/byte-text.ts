const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** `12.3 MB`, for people who watch. */
export function byteText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${power === 0 ? bytes : (bytes / 1_000 ** power).toFixed(1)} ${UNITS[power] ?? ''}`;
}
