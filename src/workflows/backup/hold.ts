import {
  allHandlersFinished, ApplicationFailure, CancellationScope, condition, defineQuery, setCurrentDetails, setHandler, upsertSearchAttributes,
} from '@temporalio/workflow';
import type { DeploymentStatus } from '../../domain/deployment/status.js';
import { CONTROL_KINDS, type ControlMessage } from '../../domain/deployment/control-message.js';
import { controlSignal, controlUpdate } from '../deployment/messages.js';
import { SlipwayDeployment, SlipwayEnvironment, SlipwayPhase, SlipwayService } from '../sequence/search-attributes.js';
import type { HoldInput } from './input.js';
import { releaseSignal } from './messages.js';

/** What the query `status` of a hold answers. */
export interface HoldStatus {
  readonly restore: string;
  readonly service: string;
  readonly environment: string;
  readonly phase: 'held-by-restore';
  readonly waitsFor: string;
}

const statusQuery = defineQuery<HoldStatus>('status');

/** Has the id of a service's deployments for as long as its data is swapped, so that none can start. Refuses every control; ends with the restore. */
export async function hold({ restore, service, environment, source }: HoldInput): Promise<void> {
  const waitsFor = `the restore ${restore} of ${source}`;
  const note = (text: string): void => setCurrentDetails([`**${service} -> ${environment}** cannot be deployed: held by ${waitsFor}`, ...(text ? [`**Note** ${text}`] : [])].join('\n\n'));
  let released = false;
  setHandler(releaseSignal, () => { released = true; });
  setHandler(statusQuery, () => ({ restore, service, environment, phase: 'held-by-restore', waitsFor }), { description: 'Which restore holds the service' });
  for (const kind of CONTROL_KINDS) {
    const refuse = (_message: ControlMessage): never => { throw ApplicationFailure.nonRetryable(`${service} in ${environment} is held by ${waitsFor}; steer the restore`, 'HELD_BY_RESTORE'); };
    setHandler(controlUpdate(kind), (message): DeploymentStatus => refuse(message), { validator: refuse });
    setHandler(controlSignal(kind), () => note(`${kind} was ignored: there is no deployment, steer the restore`));
  }
  upsertSearchAttributes([
    { key: SlipwayDeployment, value: restore }, { key: SlipwayService, value: service }, { key: SlipwayEnvironment, value: environment }, { key: SlipwayPhase, value: 'held-by-restore' },
  ]);
  note('');
  // A cancel of a hold alone would let a deployment into the middle of a swap.
  void CancellationScope.current().cancelRequested.catch(() => note('a cancel was ignored: abort the restore instead'));
  await CancellationScope.nonCancellable(async () => {
    await condition(() => released);
    await condition(allHandlersFinished);
  });
}
