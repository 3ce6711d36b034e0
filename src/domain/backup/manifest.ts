/** The bytes of a backup, file by file: what reading it back from its destination is compared with. */
export interface Manifest {
  readonly files: Readonly<Record<string, ManifestEntry>>;
}

/** Paths are relative, with `/`, without `..`. */
export type ManifestEntry =
  | { readonly kind: 'file'; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'folder' };

/** What reading a backup found wrong, and where. */
export interface Damage {
  /** The file of the backup that is hit; null where the whole of it is. */
  readonly file: string | null;
  readonly text: string;
}
