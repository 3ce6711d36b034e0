import { compare, type Comparison } from '../../domain/keeper/compare.js';
import type { Drift } from '../../domain/keeper/drift.js';
import type { SurveyedEntry } from '../../routers/survey.js';
import type { ManagedEnvironment, KeptPlace, SurveyedInstance } from './kept-place.js';
import { recordedStable } from './kept-place.js';

/** A drift with what it would take to mend it. */
export interface Finding extends Drift {
  /** The comparison that found something absent. */
  readonly absent?: Comparison & { readonly kind: 'absent' };
}

/** @param restoring whether a restoration on the instance has not come to its end */
export function findingsOf({ environment, survey }: Pick<KeptPlace, 'environment' | 'survey'>, restoring: (instance: string) => boolean): readonly Finding[] {
  return survey.instances.flatMap((each): Finding[] => {
    if (!each.ok) return [{ kind: 'unreachable', routerInstance: each.instance, text: `does not answer: ${each.detail}` }];
    return findingOf(environment, each, restoring(each.instance));
  });
}

function findingOf(environment: ManagedEnvironment, { instance, entries }: SurveyedInstance, restoring: boolean): Finding[] {
  const held = entries[environment.backend];
  if (!held) return [{ kind: 'differs', routerInstance: instance, text: `has no place for the entry ${environment.backend}: its map or its backends are missing` }];
  if (!held.ok) return [{ kind: 'differs', routerInstance: instance, text: `holds something that is no entry: ${held.detail}` }];
  const compared = compareHeld(environment, held, restoring);
  switch (compared.kind) {
    case 'same': return [];
    case 'differs': return [{ kind: 'differs', routerInstance: instance, text: compared.text }];
    case 'absent': return [{ kind: 'absent', routerInstance: instance, text: compared.text, absent: compared }];
  }
}

export function compareHeld(environment: ManagedEnvironment, held: SurveyedEntry & { readonly ok: true }, restoring: boolean): Comparison {
  const { entry, hasEntry, servers } = held;
  return compare(recordedStable(environment), { entry: hasEntry ? entry : null, servers }, restoring ? 'under-way' : 'none');
}
