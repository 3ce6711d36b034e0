/** The same keys with each value converted. */
export function mapValues<From, To>(map: Readonly<Record<string, From>>, convert: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, convert(value)]));
}
