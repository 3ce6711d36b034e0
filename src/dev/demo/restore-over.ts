import { restoreHasEnded } from '../../domain/backup/restore-status.js';
import type { RestoreAnswer } from './api-answers.js';

/** Whether there is nothing more to wait for: it has ended, only keeps what it replaced, or needs somebody. */
export function restoreIsOver({ phase }: RestoreAnswer): boolean {
  return phase === 'keeping' || phase === 'needs-attention' || restoreHasEnded(phase);
}
