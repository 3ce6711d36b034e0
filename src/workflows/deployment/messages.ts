import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ControlKind, ControlMessage, ControlSignal } from '../../domain/deployment/control-message.js';
import type { Plan } from '../../domain/deployment/plan.js';
import type { RouterEntry } from '../../domain/router/entry.js';
import type { Persistence } from '../../domain/router/persistence.js';
import type { DeploymentStatus, StepVerdict } from '../../domain/deployment/status.js';

/** Each control is an update, which answers with the new status or a code, ... */
export const controlUpdate = (kind: ControlKind) => defineUpdate<DeploymentStatus, [ControlMessage]>(kind);

/** ... and a signal of the same name for the Web UI and the Temporal CLI. */
export const controlSignal = (kind: ControlKind) => defineSignal<[ControlSignal?]>(kind);

export const statusQuery = defineQuery<DeploymentStatus>('status');
export const planQuery = defineQuery<Plan>('plan');
export const verdictsQuery = defineQuery<readonly StepVerdict[]>('verdicts');

/** From the watch: what the router holds is not on its disk, or is again. */
export const persistenceSignal = defineSignal<[{ readonly persistence: Persistence }]>('persistence');

/** From the watch: every router instance confirmed this entry. Best effort; what counts is in the router. */
export const shiftedSignal = defineSignal<[{ readonly entry: RouterEntry }]>('shifted');
