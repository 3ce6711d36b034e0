import { startGuardian } from '../../src/programs/guardian.js';
import { createPrograms } from '../../src/programs/programs.js';
import { createProber } from '../../src/probes/prober.js';
import type { Prober } from '../../src/probes/probe.js';
import type { Room } from '../benchmark.js';

export function proberOf(room: Room): Prober {
  const guardian = startGuardian();
  room.later(() => guardian.close());
  return createProber({ programs: createPrograms({ guardian }) });
}
