/** The bytes of a backup, file by file: what reading it back from its destination is compared with. */
export interface Manifest {
  readonly files: Readonly<Record<string, ManifestEntry>>;
}

/** Paths are relative, with `/`, without `..`. */
export type ManifestEntry = EntryMetadata & (
  | { readonly kind: 'file'; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'folder' }
);

/** What the file system knows of an entry beside its content. What nobody recorded is absent, and not compared. */
export interface EntryMetadata {
  /** In octal: `0644`. Links have none. */
  readonly mode?: string;
  /** `<uid>:<gid>`, where whoever read it is root: nobody else can bring it back. */
  readonly owner?: string;
  /** When the content was last changed, in nanoseconds since 1970, as text; before 1970 it is negative. */
  readonly modifiedNs?: string;
}

/** What reading a backup found wrong, and where. */
export interface Damage {
  /** The file of the backup that is hit; null where the whole of it is. */
  readonly file: string | null;
  readonly text: string;
}
