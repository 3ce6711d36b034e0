import { damageText } from '../../domain/backup/damage-text.js';
import type { BackupAnswer, RestoreAnswer } from './api-answers.js';
import { counted, megabytes, row, seconds } from './figures.js';

/** What became of a backup. */
export function backupLine({ phase, fingerprint, bytes, tookMs, cause, damage }: BackupAnswer): string {
  if (phase === 'damaged') return row('damaged', `read back, it was not what was stored. ${damageText(damage)}`);
  if (phase !== 'succeeded') return row(phase, cause?.text ?? 'no cause is known');
  const size = `${counted(fingerprint?.items ?? 0, 'item')}, ${megabytes(bytes ?? 0)} in ${seconds(tookMs['capture'] ?? 0)}`;
  return row('stored', `${size}; read back: every byte as it was stored`);
}

/** Whether what was restored is what was backed up, and how much of it what is live differs in. */
export function proofLine({ proof, phase, cause }: RestoreAnswer): string {
  if (proof === null) return row(phase, cause?.text ?? 'nothing was proven');
  const failed = [...proof.differences.map(({ text }) => text), ...proof.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`)];
  if (failed.length > 0) return row('proof', `FAILED: ${failed.slice(0, 3).join('; ')}`);
  const checks = proof.checks.length === 0 ? '' : `, ${counted(proof.checks.length, 'check')} passed`;
  return row('proof', `equal to what was backed up: ${counted(proof.copy.items, 'item')}${checks}; live differs in ${proof.differing ?? 'what cannot be read'}`);
}
