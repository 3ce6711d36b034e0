import type { RestoreControlKind, RestoreMessage } from '../../domain/backup/restore-message.js';
import type { RestoreStatus } from '../../domain/backup/restore-status.js';
import { SlipwayError } from '../../domain/errors.js';

/** What a message does to a restore that has nothing to undo. */
export function fakeControl(status: RestoreStatus, kind: RestoreControlKind, message: RestoreMessage): RestoreStatus {
  switch (kind) {
    case 'pause':
      if (status.paused) throw new SlipwayError('ALREADY_PAUSED');
      return { ...status, paused: true };
    case 'resume':
      if (!status.paused) throw new SlipwayError('NOT_PAUSED');
      return { ...status, paused: false };
    case 'abort':
      if (!status.canAbort) throw new SlipwayError('PAST_NO_RETURN');
      return goingBack(status, 'ABORTED', message);
    case 'approve':
    case 'reject':
      if (!status.gates.some((gate) => gate.address === message.gate)) throw new SlipwayError('GATE_NOT_OPEN');
      return kind === 'reject' ? goingBack(status, 'REJECTED', message) : { ...status, gates: status.gates.filter((gate) => gate.address !== message.gate) };
    case 'skip':
      if (status.phase !== 'keeping') throw new SlipwayError('NOTHING_TO_SKIP');
      return status;
    case 'resolve':
      if (status.phase !== 'needs-attention') throw new SlipwayError('NOT_IN_ATTENTION');
      return { ...status, phase: 'rolling-back', ...(message.live && { live: message.live }) };
  }
}

function goingBack(status: RestoreStatus, code: string, { by, reason }: RestoreMessage): RestoreStatus {
  return { ...status, phase: 'rolling-back', gates: [], cause: { code, by: by.name, text: reason ?? '' } };
}
