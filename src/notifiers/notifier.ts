/** What happened, for people. Holds no secret. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly service: string;
  readonly environment: string;
  /** Of a notice about a deployment. */
  readonly deployment?: string;
  readonly version?: string;
  /** Of a notice about data: the source, and the backup, restore or drill. */
  readonly source?: string;
  readonly run?: string;
  /** One sentence. */
  readonly text: string;
  /** RFC 3339. */
  readonly at: string;
}

export const NOTICE_KINDS = [
  'started', 'gate-opened', 'rolled-back', 'aborted', 'succeeded', 'needs-attention', 'lost', 'note', 'not-persisted', 'persisted',
  'drift', 'drift-over', 'stable-down', 'stable-up',
  'follow-up', 'backup-succeeded', 'backup-failed', 'backup-damaged', 'backup-too-old', 'verify-failed', 'restore-started', 'restore-succeeded', 'restore-failed', 'drill-succeeded',
  'drill-failed',
] as const;

/** Told only to who asks for them by name. */
export const QUIET_NOTICES: readonly NoticeKind[] = ['note', 'backup-succeeded', 'drill-succeeded'];

export type NoticeKind = (typeof NOTICE_KINDS)[number];

export interface Notifier {
  /**
   * Delivers the notice at least once: a repeated call with the same notice carries the same idempotency key.
   *
   * @throws NOTIFY_FAILED when trying again may help, NOTIFY_REFUSED when the receiver refused for good, URL_REFUSED, SECRET_MISSING
   */
  notify(notice: Notice, signal?: AbortSignal): Promise<void>;
}
