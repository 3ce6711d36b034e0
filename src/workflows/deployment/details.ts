import type { FollowUp } from '../../domain/deployment/follow-up.js';
import type { DeploymentStatus, OpenGate, ProtectionStatus, StepVerdict } from '../../domain/deployment/status.js';
import { formatShare } from '../../domain/share.js';

/** What someone who sees only the Temporal Web UI needs to know, as Markdown. */
export function detailsOf(status: DeploymentStatus): string {
  return [
    `**${status.service} -> ${status.environment}**: ${status.strategy} of \`${status.version}\`${status.stableVersion ? ` over \`${status.stableVersion}\`` : ' (first deployment)'}`,
    `**Phase** ${status.phase}${status.paused ? ', paused' : ''}${status.step > 0 ? `, step ${Math.min(status.step, status.steps)} of ${status.steps}` : ''}`,
    splitLine(status),
    status.waitsFor ? `**Waits for** ${status.waitsFor}` : undefined,
    ...status.gates.map(gateLine),
    verdictLine(status.verdicts.at(-1)),
    status.cause ? `**Why it goes back** ${status.cause.code} (${status.cause.by}): ${status.cause.text}` : undefined,
    protectionLine(status.protection),
    noReturnLine(status),
    ...(status.followUps ?? []).map(followUpLine),
    notesBlock(status.notes),
  ].filter((line) => line !== undefined).join('\n\n');
}

function splitLine({ split, stableSlot, stableVersion, version }: DeploymentStatus): string {
  if (!split || !stableSlot) return '**Live** not touched yet';
  const shares = (['blue', 'green'] as const).map((slot) => `${slot} \`${(slot === stableSlot ? stableVersion : version) ?? 'empty'}\` ${formatShare(split[slot])}`);
  return `**Live** ${shares.join(', ')}`;
}

function gateLine(gate: OpenGate): string {
  const who = gate.role ?? 'anybody';
  return `**Gate** \`${gate.address}\`: ${gate.approvals.length} of ${gate.quorum} approvals by ${who}, until ${gate.until}, then ${gate.onTimeout}. ${gate.reason}`;
}

function verdictLine(verdict: StepVerdict | undefined): string | undefined {
  if (!verdict) return undefined;
  return `**Last verdict** step ${verdict.step}: ${verdict.kind} (${verdict.findings.map((finding) => finding.text).join('; ')})`;
}

function protectionLine(protection: ProtectionStatus | undefined): string | undefined {
  if (!protection) return undefined;
  const backups = protection.backups.map(({ service, source, backup }) => `${service}/${source} in backup \`${backup}\``);
  const migrations = Object.entries(protection.migrations).map(([migration, state]) => `${migration} ${state}`);
  return `**Data** ${[...backups, ...migrations].join(', ') || 'nothing yet'}`;
}

function noReturnLine({ canAbort, phase, endedAt, protection }: DeploymentStatus): string | undefined {
  if (endedAt !== null) return undefined;
  if (protection) return `**Point of no return** ${protection.pointOfNoReturn}`;
  if (canAbort) return '**Point of no return** when the roles change, after keepWarm; until then an abort takes everything back';
  return phase === 'retiring' ? '**Point of no return** passed: undo is a new deployment' : undefined;
}

function followUpLine({ kind, text, until }: FollowUp): string {
  return `**Follow-up** ${kind}${until === null ? '' : `, until ${until}`}: ${text}`;
}

function notesBlock(notes: readonly string[]): string | undefined {
  return notes.length > 0 ? `**Notes**\n${notes.map((note) => `- ${note}`).join('\n')}` : undefined;
}
