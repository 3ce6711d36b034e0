/** What a schedule is known by: neither a person nor an update changes a memo. */
export function scheduleMemo(installation: string): { readonly slipway: true; readonly installation: string } {
  return { slipway: true, installation };
}

/** Put by this installation, or by one that left no mark. Another program's that has such an id is not ours. */
export function isOurs(memo: Readonly<Record<string, unknown>> | undefined, installation: string): boolean {
  return memo?.['slipway'] === true && (memo['installation'] === undefined || memo['installation'] === installation);
}
