/** Only what was sent: a command has no keys without a value. */
export function given<T extends object>(body: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const sent = Object.entries(body).filter(([, value]) => value !== undefined);
  // The same keys, less those without a value.
  return Object.fromEntries(sent) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
