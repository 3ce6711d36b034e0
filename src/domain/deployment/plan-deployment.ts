import type { BackupPlan } from '../backup/plan.js';
import { SlipwayError } from '../errors.js';
import { VERSION_PATTERN } from '../names.js';
import type { EnvironmentSpec, StrategySpec } from '../service/environment.js';
import { WHOLE } from '../share.js';
import type { Plan, PlanGate, PlanStep } from './plan.js';
import { type Brings, protectionOf } from './protection.js';
import { identical, type Release, releaseOf } from './release.js';

/** Nothing keeps a first release warm; it is watched this long after its switch, or for keepWarm when that is shorter. */
const FIRST_WATCH_MS = 60_000;

export interface PlanRequest {
  readonly spec: EnvironmentSpec;
  /** The site whose workers reach the environment's router and target. */
  readonly site: string;
  /** @default stable's version */
  readonly version?: string | undefined;
  /** The release to restore, for an undo; it takes the place of `version`. */
  readonly release?: Release | undefined;
  /** `canary` or `blueGreen` where that is the environment's own strategy, or the name of an alternative. @default the environment's own */
  readonly strategyName?: string | undefined;
  /** What the records say is live; null before the first deployment. */
  readonly stable: Release | null;
  /** Launches a release anew that is live already. @default false */
  readonly force?: boolean | undefined;
  /** How each source of the environment is backed up, where it asks for that. @default none */
  readonly backups?: readonly BackupPlan[] | undefined;
}

/**
 * What a run will do, as data.
 *
 * @throws VERSION_REQUIRED, INVALID_REQUEST (the version has characters it may not have), STRATEGY_UNKNOWN, NOTHING_TO_DEPLOY, DEFINITION_INVALID
 */
export function planDeployment(request: PlanRequest): Plan {
  const { spec, site, stable } = request;
  const strategy = strategyOf(spec, request.strategyName);
  const candidate = request.release ?? releaseOf(spec, versionOf(request));
  if (stable && request.force !== true && identical(candidate, stable)) {
    throw new SlipwayError('NOTHING_TO_DEPLOY', `Version ${candidate.version} with the same launch, target, health, drain and router is live in ${spec.service}/${spec.environment}.`);
  }
  const protect = protectionOf(spec, request.backups ?? [], bringsOf(request, candidate));
  return {
    service: spec.service,
    environment: spec.environment,
    site,
    strategy: { name: strategy.name, kind: strategy.spec.kind },
    candidate,
    stable,
    steps: stepsOf(spec, strategy.spec, stable),
    keepWarmMs: stable ? spec.keepWarmMs : Math.min(spec.keepWarmMs, FIRST_WATCH_MS),
    firstFailure: spec.firstFailure,
    verify: spec.verify,
    analysis: spec.analysis,
    notify: spec.notify,
    ...(protect && { protect }),
  };
}

function bringsOf({ release, stable }: PlanRequest, candidate: Release): Brings {
  if (release) return 'earlier release';
  return candidate.version === stable?.version ? 'the live version' : 'another version';
}

function versionOf({ spec, version, stable }: PlanRequest): string {
  const wanted = version ?? stable?.version;
  if (wanted === undefined) throw new SlipwayError('VERSION_REQUIRED', `Nothing is live in ${spec.service}/${spec.environment} whose version could be taken.`);
  if (VERSION_PATTERN.test(wanted)) return wanted;
  const problem = { path: '/version', message: 'must begin with a letter or digit and go on with letters, digits and . _ + : @ / - only, at most 255 in all' };
  throw new SlipwayError('INVALID_REQUEST', 'The version is none that a target may be given.', { problems: [problem] });
}

function strategyOf(spec: EnvironmentSpec, name: string | undefined): { name: string; spec: StrategySpec } {
  const own = spec.strategy.kind;
  if (name === undefined || name === own) return { name: own, spec: spec.strategy };
  const alternative = Object.hasOwn(spec.alternatives, name) ? spec.alternatives[name] : undefined;
  if (alternative) return { name, spec: alternative };
  const known = [own, ...Object.keys(spec.alternatives)].join(', ');
  const problem = { path: '/strategy', message: 'is none of the environment', hint: `one of: ${known}` };
  throw new SlipwayError('STRATEGY_UNKNOWN', `${spec.service}/${spec.environment} has the strategies: ${known}.`, { problems: [problem] });
}

function stepsOf(spec: EnvironmentSpec, strategy: StrategySpec, stable: Release | null): readonly PlanStep[] {
  if (strategy.kind === 'blueGreen') return [{ number: 1, share: WHOLE, bakeMs: 0, ...gateOf(spec, strategy.gate) }];
  // Before the first release there is nothing to compare with: launch, verify, switch.
  if (!stable) return [{ number: 1, share: WHOLE, bakeMs: 0 }];
  return strategy.steps.map((step, index) => ({ number: index + 1, share: step.share, bakeMs: step.bakeMs, ...gateOf(spec, step.gate) }));
}

function gateOf(spec: EnvironmentSpec, name: string | undefined): { gate: PlanGate } | Record<string, never> {
  if (name === undefined) return {};
  const gate = Object.hasOwn(spec.gates, name) ? spec.gates[name] : undefined;
  // A parsed definition has every gate it names; a deployment without one of its approvals must not start.
  if (!gate) throw new SlipwayError('DEFINITION_INVALID', `The strategy of ${spec.service}/${spec.environment} names a gate "${name}" that is not declared.`);
  return { gate: { ...gate, name } };
}
