import type { DriftRecord } from '../../domain/keeper/drift.js';
import type { Notice } from '../../notifiers/notifier.js';
import type { ManagedEnvironment } from './kept-place.js';

type Told = Pick<DriftRecord, 'service' | 'environment' | 'routerInstance' | 'kind' | 'text' | 'outcome'>;

/** What people read when a drift is found. */
export function foundSentence(drift: Told): string {
  return `${subjectOf(drift)} ${drift.text}. ${consequenceOf(drift)}`;
}

function consequenceOf({ kind, outcome }: Told): string {
  switch (kind) {
    case 'stable-down': return 'Nothing is rolled back by itself: no deployment is live that could go back.';
    case 'unreachable': return 'What it serves is not known.';
    case 'differs': return 'It is left as it is: a person or a pull made it so.';
    case 'absent': return outcome === 'reported' ? 'It is left as it is, as the router is to be reported on only.' : 'Slipway puts it back as recorded.';
  }
}

/** What they read when it is gone. */
export function overSentence(drift: Told): string {
  if (drift.kind === 'stable-down') return `${subjectOf(drift)} answers again.`;
  if (drift.kind === 'unreachable') return `${subjectOf(drift)} answers again.`;
  return drift.outcome === 'restored' ? `${subjectOf(drift)} was put back as recorded by Slipway.` : `${subjectOf(drift)} is as recorded again; it was not Slipway that put it right.`;
}

function subjectOf({ service, environment, routerInstance, kind }: Told): string {
  return kind === 'stable-down' ? `The stable release of ${service} in ${environment}` : `Router instance ${routerInstance ?? ''} of ${service} in ${environment}`;
}

/** The same at every attempt, so that a receiver recognises a repeated one. */
export function noticeOf(drift: DriftRecord, stage: 'found' | 'over', environment: ManagedEnvironment | undefined): Notice {
  const kinds = drift.kind === 'stable-down' ? { found: 'stable-down', over: 'stable-up' } as const : { found: 'drift', over: 'drift-over' } as const;
  return {
    kind: kinds[stage], service: drift.service, environment: drift.environment, deployment: drift.deployment,
    ...(environment && { version: environment.stable.release.version }),
    text: stage === 'found' ? foundSentence(drift) : overSentence(drift), at: stage === 'found' ? drift.since : drift.until ?? drift.since,
  };
}
