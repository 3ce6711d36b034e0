/**
 * What a backup is needed for now, or was until lately. `restore`, `drill`: one that has not ended brings it back. `safety`: a restore that is
 * running, or has ended less than `SAFETY_KEPT_MS` ago, made it before it touched anything. `deployment`: the same of a deployment that runs.
 * `offer`: a deployment that has ended offers to bring it back.
 */
export type PinKind = 'restore' | 'drill' | 'safety' | 'deployment' | 'offer';

/** Retention takes no backup that is needed. */
export interface Pin {
  readonly backup: string;
  readonly kind: PinKind;
  /** The id of the restore, drill or deployment. */
  readonly by: string;
  /** RFC 3339; null: until that has ended. */
  readonly until: string | null;
}

/** After `keepOld` nothing but the safety backup has what was replaced: that long people have to miss something. */
export const SAFETY_KEPT_MS = 7 * 24 * 3_600_000;

/** Why it stays, for people. */
export function whyPinned({ kind, by, until }: Pin): string {
  switch (kind) {
    case 'restore': return `restore ${by} brings it back`;
    case 'drill': return `drill ${by} brings it back`;
    case 'safety': return until === null ? `restore ${by}, which it was made for, has not ended` : `safety backup of restore ${by}, kept until ${until}`;
    case 'deployment': return `deployment ${by}, which it was made for, has not ended`;
    case 'offer': return `deployment ${by} offers it until ${until ?? 'it is taken'}`;
  }
}
