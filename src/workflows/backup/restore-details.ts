import { changeText } from '../../domain/backup/proof-text.js';
import type { Proof, RestoreStatus } from '../../domain/backup/restore-status.js';

/** What someone who sees only the Temporal Web UI needs to know of a restore, as Markdown. */
export function restoreDetails(status: RestoreStatus): string {
  const { gates, cause, notes, proof } = status;
  return [
    `**${status.source} of ${status.service} -> ${status.environment}**: restore of backup \`${status.backup}\`${status.dryRun ? ' (dry run: ends before the swap)' : ''}`,
    `**Phase** ${status.phase}${status.paused ? ', paused' : ''}. **Live** is the ${status.live === 'old' ? 'data from before' : 'restored data'}`,
    status.held.length > 0 && `**Cannot be deployed meanwhile** ${status.held.join(', ')}`,
    status.waitsFor && `**Waits for** ${status.waitsFor}`,
    ...gates.map((gate) => `**Gate** \`${gate.address}\`: ${gate.approvals.length} of ${gate.quorum} approvals by ${gate.role ?? 'anybody'}, until ${gate.until}, then ${gate.onTimeout}. ${gate.reason}`),
    proof && proofLine(proof),
    status.safetyBackup && `**Safety backup** \`${status.safetyBackup}\``,
    `**Lost** ${status.loss}`,
    status.endedAt === null && `**Point of no return** ${status.pointOfNoReturn}`,
    cause && `**Why it goes back** ${cause.code} (${cause.by}): ${cause.text}`,
    notes.length > 0 && `**Notes**\n${notes.map((note) => `- ${note}`).join('\n')}`,
  ].filter((line) => typeof line === 'string').join('\n\n');
}

function proofLine(proof: Proof): string {
  const checked = proof.checks.map(({ name, ok, detail }) => `${name} ${ok ? 'ok' : `FAILED: ${detail}`}`).join(', ');
  const compared = proof.equal ? 'equal to what was backed up' : `NOT what was backed up: ${proof.differences.map(({ text }) => text).join('; ')}`;
  return [`**Proof** ${compared}${checked ? `; checks: ${checked}` : ''}`, `**Copy and live** ${changeText(proof)}`].join('\n\n');
}
