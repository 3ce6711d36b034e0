import type { BackupStatus } from '../../domain/backup/backup-status.js';
import { formatBytes } from '../../domain/bytes.js';

/** What someone who sees only the Temporal Web UI needs to know of a backup, as Markdown. */
export function backupDetails(status: BackupStatus): string {
  const { fingerprint, damage, notes, cause } = status;
  return [
    `**${status.source} of ${status.service} -> ${status.environment}**: backup \`${status.backup}\` into \`${status.repository}\` (${status.trigger})`,
    `**Phase** ${status.phase}`,
    status.snapshot && `**Stored** snapshot \`${status.snapshot}\`, ${formatBytes(status.bytes ?? 0)} read, ${formatBytes(status.storedBytes ?? 0)} added, data of ${status.at}`,
    fingerprint && `**Fingerprint** ${fingerprint.items} items, ${fingerprint.total} in all: ${Object.entries(fingerprint.biggest).map(([item, count]) => `${item} ${count}`).join(', ')}`,
    status.verifiedAt ? `**Read back** ${status.verifiedAt}: every byte as it was stored` : undefined,
    damage.length > 0 && `**Damaged**\n${damage.map(({ file, text }) => `- ${file ?? 'the whole'}: ${text}`).join('\n')}`,
    cause && `**Why it failed** ${cause.code}: ${cause.text}`,
    notes.length > 0 && `**Notes**\n${notes.map((note) => `- ${note}`).join('\n')}`,
  ].filter((line) => typeof line === 'string').join('\n\n');
}
