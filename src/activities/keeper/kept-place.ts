import type { RecordedStable } from '../../domain/keeper/recorded-stable.js';
import type { Router } from '../../routers/router.js';
import type { InstanceSurvey, SurveyedEntry } from '../../routers/survey.js';
import type { RouterSurvey } from '../../routers/router.js';
import type { KeptEnvironment } from '../../store/keeper-store.js';

/** An environment with a stable release: what the keeper looks after. */
export type ManagedEnvironment = KeptEnvironment & { readonly stable: NonNullable<KeptEnvironment['stable']> };

export function isManaged(environment: KeptEnvironment): environment is ManagedEnvironment {
  return environment.stable !== null;
}

/** What one round has before it of one environment. */
export interface KeptPlace {
  readonly environment: ManagedEnvironment;
  readonly router: Router;
  readonly survey: RouterSurvey;
}

export function recordedStable({ stable: { slot, deployment }, servers }: ManagedEnvironment): RecordedStable {
  return { slot, deployment, servers };
}

/** What is about an environment: the same for every round. */
export function keyOf({ service, environment }: Pick<KeptEnvironment, 'service' | 'environment'>): string {
  return `${environment}/${service}`;
}

export type SurveyedInstance = { readonly instance: string; readonly ok: true } & InstanceSurvey;

/** The instances that answered. */
export function answering({ instances }: RouterSurvey): readonly SurveyedInstance[] {
  return instances.filter((each): each is SurveyedInstance => each.ok);
}

/** What the instances that answered hold of the environment and is an entry of ours. */
export function heldEntries({ survey, environment }: Pick<KeptPlace, 'survey' | 'environment'>): readonly (SurveyedEntry & { readonly ok: true })[] {
  return answering(survey).flatMap(({ entries }) => {
    const held = entries[environment.backend];
    return held?.ok ? [held] : [];
  });
}
