interface RightDescription {
  /** The role that has it, in the environment concerned. */
  readonly role: 'viewer' | 'operator' | 'admin';
  /** `person`: no automaton may have it. */
  readonly who: 'anyone' | 'person';
}

/** What the operations about data will ask for once there are people and roles; the admin key has every right. */
export const RIGHTS = {
  'backup:read': { role: 'viewer', who: 'anyone' },
  'backup:run': { role: 'operator', who: 'anyone' },
  'backup:hold': { role: 'operator', who: 'anyone' },
  'backup:drop-hold': { role: 'admin', who: 'person' },
  /** Lets backups go for good. */
  'retention:run': { role: 'admin', who: 'anyone' },
  'drill:run': { role: 'operator', who: 'anyone' },
  /** A restore that swaps, and all that steers it. */
  'restore:operate': { role: 'operator', who: 'person' },
} as const satisfies Record<string, RightDescription>;

export type Right = keyof typeof RIGHTS;
