import { Context } from '@temporalio/activity';
import { SlipwayError } from '../../domain/errors.js';
import type { StepInput, StepName, StepResult } from '../../domain/deployment/steps.js';
import { attend } from './attend.js';
import type { ActivityDeps } from './deps.js';
import { launch } from './launch.js';
import { migrate, type MigrateDeps } from './migrate.js';
import { notify } from './notify.js';
import { open } from './open.js';
import { recordedStep } from './recorded-step.js';
import { retire } from './retire.js';
import { shift } from './shift.js';
import { verify } from './verify.js';

type Activity<K extends StepName> = (input: StepInput<K>) => Promise<StepResult<K>>;

/** What needs a router or a target: runs where those are reachable. */
export type TrafficActivities = { [K in 'open' | 'launch' | 'verify' | 'shift' | 'attend' | 'retire']: Activity<K> };

/** What needs the database or a receiver of notices. */
export type RecordActivities = { [K in 'claim' | 'notify' | 'record']: Activity<K> };

/** What runs the user's own programs on data. */
export type MigrationActivities = { [K in 'migrate']: Activity<K> };

export function createMigrationActivities(deps: ActivityDeps & MigrateDeps): MigrationActivities {
  return { migrate: recordedStep<'migrate'>(deps, (input, context) => migrate(deps, input, context)) };
}

export function createTrafficActivities(deps: ActivityDeps): TrafficActivities {
  return {
    open: recordedStep<'open'>(deps, (input, context) => open(deps, input, context)),
    launch: recordedStep<'launch'>(deps, (input, context) => launch(deps, input, context)),
    verify: recordedStep<'verify'>(deps, (input, context) => verify(deps, input, context)),
    shift: recordedStep<'shift'>(deps, (input, context) => shift(deps, input, context)),
    attend: recordedStep<'attend'>(deps, (input, context) => attend(deps, input, context)),
    retire: recordedStep<'retire'>(deps, (input, context) => retire(deps, input, context)),
  };
}

export function createRecordActivities(deps: ActivityDeps): RecordActivities {
  return {
    claim: recordedStep<'claim'>(deps, async (input) => {
      const { workflowExecution } = Context.current().info;
      // An id runs once: a second run of the same id finds the first one's claim.
      if (!(await deps.deployments.claim(input.status.deployment, workflowExecution?.runId ?? ''))) {
        throw new SlipwayError('DEPLOYMENT_ENDED', `deployment ${input.status.deployment} was run before`);
      }
      return {};
    }),
    notify: recordedStep<'notify'>(deps, (input, context) => notify(deps, input, context)),
    record: recordedStep<'record'>(deps, async ({ status, stable }, context) => {
      context.emit('ended', `${status.phase}${status.cause ? `: ${status.cause.text}` : ''}`, {}, 'ended');
      await deps.deployments.record({ status, ...(stable ? { stable } : {}) });
      return {};
    }),
  };
}
