/** Whether a router instance would start again as it is now. */
export type Persistence =
  | { readonly persisted: 'yes' }
  /** What it holds could not be written, and why. */
  | { readonly persisted: 'no'; readonly detail: string }
  /** Nobody here has tried, or nobody here can. */
  | { readonly persisted: 'unknown'; readonly detail: string };

/** What a deployment makes of a router that does not persist: `required` begins nothing, `told` goes on and says so. */
export const PERSIST_POLICIES = ['told', 'required'] as const;
export type PersistPolicy = (typeof PERSIST_POLICIES)[number];

export const PERSISTED: Persistence = { persisted: 'yes' };

/** That of several together: what could not be written goes before what nobody knows. Of nothing, nobody knows. */
export function together(all: readonly Persistence[]): Persistence {
  const failed = all.flatMap((one) => (one.persisted === 'no' ? [one.detail] : []));
  if (failed.length > 0) return { persisted: 'no', detail: failed.join('; ') };
  const [unknown] = all.flatMap((one) => (one.persisted === 'unknown' ? [one] : []));
  return unknown ?? (all.length > 0 ? PERSISTED : { persisted: 'unknown', detail: 'nobody has looked yet' });
}
