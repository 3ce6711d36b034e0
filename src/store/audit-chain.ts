import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import type { AuditEntry, AuditRow } from './audit-store.js';

/** What the first row stands on. */
const CHAIN_START = '0'.repeat(64);

/** The row that follows `last`. */
export function nextLink(last: AuditRow | undefined, entry: AuditEntry, at: string): AuditRow {
  const content = {
    sequence: (last?.sequence ?? 0) + 1,
    at,
    key: entry.key ?? null,
    actor: entry.actor,
    action: entry.action,
    subject: entry.subject,
    detail: entry.detail,
    previous: last?.hash ?? CHAIN_START,
  };
  return { ...content, hash: hashOf(content) };
}

/** Does `row` follow `last`, unchanged? */
export function follows(last: AuditRow | undefined, row: AuditRow): boolean {
  return row.sequence === (last?.sequence ?? 0) + 1 && row.previous === (last?.hash ?? CHAIN_START) && row.hash === hashOf(row);
}

function hashOf(row: Omit<AuditRow, 'hash'>): string {
  const { sequence, at, key, actor, action, subject, detail, previous } = row;
  return createHash('sha256').update(canonicalJson({ sequence, at, key, actor, action, subject, detail, previous })).digest('hex');
}
