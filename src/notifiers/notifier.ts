/** What happened, for people. Holds no secret. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly deployment: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** One sentence. */
  readonly text: string;
  /** RFC 3339. */
  readonly at: string;
}

export const NOTICE_KINDS = ['started', 'gate-opened', 'rolled-back', 'aborted', 'succeeded', 'needs-attention', 'lost', 'note'] as const;
type NoticeKind = (typeof NOTICE_KINDS)[number];

export interface Notifier {
  /**
   * Delivers the notice at least once: a repeated call with the same notice carries the same idempotency key.
   *
   * @throws NOTIFY_FAILED when trying again may help, NOTIFY_REFUSED when the receiver refused for good, URL_REFUSED, SECRET_MISSING
   */
  notify(notice: Notice, signal?: AbortSignal): Promise<void>;
}
