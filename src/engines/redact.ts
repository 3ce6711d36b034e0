const SHORTEST_SECRET = 6;

/** Takes secrets, and the user and password of an address, out of a text that people will read. */
export function createRedaction(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.filter((secret) => secret.length >= SHORTEST_SECRET);
  return (text) => hidden.reduce((shown, secret) => shown.replaceAll(secret, '***'), text).replaceAll(/(\/\/)[^/\s@]+@/g, '$1***@');
}
