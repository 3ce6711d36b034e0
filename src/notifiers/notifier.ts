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
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export interface Notifier {
  /** @throws NOTIFY_FAILED, retryable unless the receiver refused for good. */
  notify(notice: Notice, signal?: AbortSignal): Promise<void>;
}
