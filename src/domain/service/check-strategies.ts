import type { Json, JsonObject } from '../json.js';
import { formatShare, parsePercent } from '../share.js';
import { undeclaredGate } from './check-gates.js';
import type { Complaint } from './complaint.js';
import type { JsonPath } from './json-pointer.js';
import { objectOr } from './merge.js';

/** Shares must rise from step to step, gates must be declared, and no alternative may hide behind the name of the environment's own strategy. */
export function checkStrategies(environment: JsonObject): readonly Complaint[] {
  const alternatives = Object.entries(objectOr(environment['alternatives']));
  return [
    ...checkStrategy(environment['strategy'], ['strategy'], environment),
    ...alternatives.flatMap(([name, strategy]) => checkStrategy(strategy, ['alternatives', name], environment)),
    ...alternatives.flatMap(([name]) => checkAlternativeName(name, environment['strategy'])),
  ];
}

function checkStrategy(strategy: Json | undefined, path: JsonPath, environment: JsonObject): Complaint[] {
  const { canary, blueGreen } = objectOr(strategy);
  const steps = Array.isArray(canary) ? canary : [];
  return [
    ...checkRise(steps, [...path, 'canary']),
    ...steps.flatMap((step, index) => undeclaredGate(objectOr(step)['gate'], [...path, 'canary', index, 'gate'], environment)),
    ...undeclaredGate(objectOr(blueGreen)['gate'], [...path, 'blueGreen', 'gate'], environment),
  ];
}

function checkRise(steps: readonly Json[], path: JsonPath): Complaint[] {
  const complaints: Complaint[] = [];
  let highest = 0;
  for (const [index, step] of steps.entries()) {
    const share = shareOf(step);
    if (share === undefined) continue;
    if (share <= highest) complaints.push({ path: [...path, index, 'traffic'], message: `must be more than ${formatShare(highest)}, the share of a step before` });
    highest = Math.max(highest, share);
  }
  return complaints;
}

function shareOf(step: Json): number | undefined {
  const traffic = objectOr(step)['traffic'];
  const share = typeof traffic === 'string' ? parsePercent(traffic) : undefined;
  return share === 0 ? undefined : share;
}

function checkAlternativeName(name: string, strategy: Json | undefined): Complaint[] {
  if (!Object.hasOwn(objectOr(strategy), name)) return [];
  return [{ path: ['alternatives', name], message: `has the name of the environment's own strategy, so no request could name it` }];
}
