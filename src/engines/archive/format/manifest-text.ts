/** A line that `sha256sum -c` reads: names with a backslash or a line break are written with escapes, and marked so. */
export function manifestLine(name: string, sha256: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === name ? '' : '\\'}${sha256}  ${escaped}\n`;
}
