import type { ObservationRecord, StableRecord } from '../../domain/deployment/record.js';
import type { DriftRecord } from '../../domain/keeper/drift.js';
import type { AppDeps } from '../deps.js';
import { type LiveView, liveView } from '../deployment/deployment-view.js';
import { serviceOf } from '../service/service-of.js';

/** What is live in an environment, each part with where it comes from and how old it is. Nothing here opens a router. */
export interface EnvironmentView {
  readonly service: string;
  readonly environment: string;
  readonly revision: number;
  /** null while the environment is unmanaged. */
  readonly stable: { readonly version: string; readonly slot: 'blue' | 'green'; readonly deployment: string; readonly since: string } | null;
  /** The deployment that runs now; without `status` when it does not answer. */
  readonly live: { readonly id: string; readonly status: LiveView | null } | null;
  /** What the workers last saw, per router instance. */
  readonly observed: readonly ObservedInstance[];
  /** What is or was not as recorded between deployments: all that lasts, and what ended within a day. */
  readonly drift: readonly DriftView[];
  /** The keeper's last look at the site; null: there was none. */
  readonly keeper: { readonly ageMs: number } | null;
  /** Router instances that the operator has taken out; what was observed of them is from before. */
  readonly maintenance: readonly string[];
}

/** `reported`: it is left as it is. `restoring`: it is tried each round. */
export type DriftView = Pick<DriftRecord, 'kind' | 'routerInstance' | 'text' | 'since' | 'until' | 'outcome'>;

export interface ObservedInstance extends Pick<ObservationRecord, 'routerInstance' | 'split' | 'health' | 'at'> {
  readonly ageMs: number;
}

/** A drift that is over is shown for so long. */
const SHOWN_MS = 86_400_000;

/** @throws SERVICE_NOT_FOUND, ENVIRONMENT_NOT_FOUND, DATABASE_UNAVAILABLE */
export const showEnvironment = (deps: AppDeps) => async (service: string, environment: string): Promise<EnvironmentView> => {
  const [record, stable, observed, live, drifts, roundAgeMs] = await Promise.all([
    serviceOf(deps.stores, service),
    deps.stores.deployments.stable(service, environment),
    deps.stores.observations.of(service, environment),
    liveOf(deps, service, environment),
    deps.stores.keeper.driftsOf(service, environment),
    deps.stores.keeper.roundAgeMs(deps.site),
  ]);
  const { router } = deps.environments.of(record, environment);
  const now = deps.now();
  return {
    service, environment, revision: record.revision, stable: stable ? stableView(stable) : null, live, observed: observed.map((each) => observedView(each, now)),
    drift: drifts.filter(({ until }) => until === null || now - Date.parse(until) < SHOWN_MS).map(driftView), keeper: roundAgeMs === null ? null : { ageMs: Math.round(roundAgeMs) },
    maintenance: deps.routerMaintenance(router.use),
  };
};

/** The runs know best; while they do not answer, the record does. */
async function liveOf(deps: AppDeps, service: string, environment: string): Promise<EnvironmentView['live']> {
  const id = await liveId(deps, service, environment);
  if (id === undefined) return null;
  const status = await deps.runs.status({ deployment: id, service, environment });
  return { id, status: status ? liveView(status) : null };
}

async function liveId(deps: AppDeps, service: string, environment: string): Promise<string | undefined> {
  try {
    const run = await deps.runs.describe(environment, service);
    return run?.state === 'running' && run.heldBy === null ? run.deployment : undefined;
  } catch {
    return (await deps.stores.deployments.live(service, environment))?.id;
  }
}

function stableView({ release, slot, deployment, since }: StableRecord): EnvironmentView['stable'] {
  return { version: release.version, slot, deployment, since };
}

function driftView({ kind, routerInstance, text, since, until, outcome }: DriftRecord): DriftView {
  return { kind, routerInstance, text, since, until, outcome };
}

function observedView({ routerInstance, split, health, at }: ObservationRecord, now: number): ObservedInstance {
  return { routerInstance, split, health, at, ageMs: Math.max(0, now - Date.parse(at)) };
}
