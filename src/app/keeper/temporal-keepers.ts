import { keeperWorkflowId } from '../../domain/names.js';
import { ENTITIES_QUEUE } from '../../domain/task-queues.js';
import type { KeeperInput } from '../../workflows/keeper/input.js';
import { temporalServer, type TemporalServerOptions } from '../temporal/temporal-server.js';
import type { Keepers } from './keepers.js';

type KeeperWorkflow = (input: KeeperInput) => Promise<void>;

/** Keepers as Temporal workflows, one a site. */
export function createTemporalKeepers(options: TemporalServerOptions): Keepers {
  const server = temporalServer(options);
  return {
    ensure: (site) => server.calling(async () => {
      await server.client.workflow.start<KeeperWorkflow>('keeper', {
        taskQueue: ENTITIES_QUEUE,
        workflowId: keeperWorkflowId(site),
        // The id is the lock: one that runs is left alone, one that somebody ended is begun anew.
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowTaskTimeout: '2s',
        args: [{ site }],
        memo: { site },
        staticSummary: `keeper of ${site}`,
        staticDetails: `Looks after the environments of site **${site}** between deployments. It never ends by itself; ended by hand, it is begun anew within seconds.`,
      });
    }),
  };
}
