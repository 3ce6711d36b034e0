import type { Json, JsonObject } from '../json.js';
import type { Complaint } from './complaint.js';
import type { JsonPath } from './json-pointer.js';
import { objectOr } from './merge.js';
import { knownHint } from './nearest.js';

/** Gates that open by themselves, in any step: one of the writer's at the same address would be taken for it. */
const TAKEN = ['no-data', 'breach', 'error'];

/** With one key for everybody nobody can be told apart: a gate that must is refused rather than passed by one person twice. */
export function checkGates(environment: JsonObject): readonly Complaint[] {
  return Object.entries(objectOr(environment['gates'])).flatMap(([name, gate]) => {
    const { notOwnChange, quorum } = objectOr(gate);
    const complaints: Complaint[] = [];
    if (TAKEN.includes(name)) complaints.push({ path: ['gates', name], message: `may not be called "${name}", which is the name of a gate that opens by itself`, hint: 'choose another name' });
    if (notOwnChange === true) complaints.push({ path: ['gates', name, 'notOwnChange'], message: 'needs people to have keys of their own', code: 'IDENTITY_REQUIRED' });
    if (typeof quorum === 'number' && quorum > 1) complaints.push({ path: ['gates', name, 'quorum'], message: 'above 1 needs people to have keys of their own', code: 'IDENTITY_REQUIRED' });
    return complaints;
  });
}

/** Whoever names a gate must find it among those of the environment. */
export function undeclaredGate(gate: Json | undefined, path: JsonPath, environment: JsonObject): Complaint[] {
  const declared = Object.keys(objectOr(environment['gates']));
  if (typeof gate !== 'string' || declared.includes(gate)) return [];
  return [{ path, message: `names a gate "${gate}" that is not declared under gates`, ...knownHint(gate, declared) }];
}
