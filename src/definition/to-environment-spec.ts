import type { AnalysisSpec, MetricRule } from '../domain/analysis/rule.js';
import type { Json } from '../domain/json.js';
import { mapValues } from '../domain/map-values.js';
import { limitValue } from '../domain/service/check-metrics.js';
import type { EnvironmentSpec, GateSpec, NotifySpec, StrategySpec } from '../domain/service/environment.js';
import { ms, share, unchecked } from './checked.js';
import type { ResolvedEnvironment } from './definition-schema.js';
import { toHealthCheck } from './to-health-check.js';
import { toProtectSpec } from './to-protect-spec.js';
import { toSourceDeclaration } from './to-source-declaration.js';

type Resolved = ResolvedEnvironment;
type Each<Name extends keyof Resolved> = Resolved[Name] extends Record<string, infer Value> ? Value : never;

/** The environment with its units parsed. The input has been checked: what cannot be converted is a bug. */
export function toEnvironmentSpec(resolved: Resolved, of: { service: string; environment: string; owner?: Json | undefined }): EnvironmentSpec {
  const { service, environment } = of;
  const gates = mapValues(resolved.gates, toGate);
  return {
    service,
    environment,
    ...(typeof of.owner === 'string' && { owner: of.owner }),
    router: { use: resolved.router.use, backend: resolved.router.backend ?? `${service}-${environment}` },
    target: resolved.target,
    launch: { timeoutMs: ms(resolved.launch.timeout) },
    drain: { timeoutMs: ms(resolved.drain.timeout) },
    keepWarmMs: ms(resolved.keepWarm),
    firstFailure: resolved.firstFailure,
    health: mapValues(resolved.health, toHealthCheck),
    verify: mapValues(resolved.verify, toHealthCheck),
    analysis: toAnalysis(resolved.analysis),
    strategy: toStrategy(resolved.strategy),
    alternatives: mapValues(resolved.alternatives, toStrategy),
    gates,
    notify: mapValues(resolved.notify, toNotify),
    backups: Object.fromEntries(Object.entries(resolved.backups).map(([name, source]) => [name, toSourceDeclaration(name, source, { service, environment, gates })])),
    ...(resolved.protect && { protect: toProtectSpec(resolved.protect, gates) }),
  };
}

function toAnalysis(analysis: Resolved['analysis']): AnalysisSpec {
  const { every, window, noData, unattended, metrics, ...same } = analysis;
  return {
    ...same,
    everyMs: ms(every),
    windowMs: ms(window),
    noData: { waitMs: ms(noData.wait), then: noData.then },
    unattended: { afterMs: ms(unattended.after), then: unattended.then },
    metrics: mapValues(metrics, toMetricRule),
  };
}

function toMetricRule(metric: Resolved['analysis']['metrics'][string]): MetricRule {
  const max = limitValue(metric, metric.max);
  const min = limitValue(metric, metric.min);
  const { inARow, total } = metric.failures;
  return {
    source: toMetricSource(metric),
    ...(max !== undefined && { max }),
    ...(min !== undefined && { min }),
    critical: metric.critical,
    failures: { ...(inARow !== undefined && { inARow }), ...(total !== undefined && { total }) },
  };
}

function toMetricSource({ router, prometheus, source }: Resolved['analysis']['metrics'][string]): MetricRule['source'] {
  if (router) return { kind: 'router', measure: router };
  if (prometheus === undefined) return unchecked('a metric without a kind');
  return { kind: 'prometheus', query: prometheus, from: source ?? 'default' };
}

function toStrategy({ canary, blueGreen }: Resolved['strategy']): StrategySpec {
  if (canary) return { kind: 'canary', steps: canary.map(({ traffic, bake, gate }) => ({ share: share(traffic), bakeMs: ms(bake), ...(gate !== undefined && { gate }) })) };
  if (!blueGreen) return unchecked('a strategy without a kind');
  return { kind: 'blueGreen', ...(blueGreen.gate !== undefined && { gate: blueGreen.gate }) };
}

function toGate({ role, timeout, ...same }: Each<'gates'>): GateSpec {
  return { ...same, ...(role !== undefined && { role }), timeoutMs: ms(timeout) };
}

function toNotify({ log, webhook, on }: Each<'notify'>): NotifySpec {
  if (log) return { via: { kind: 'log' }, on };
  if (!webhook) return unchecked('a receiver without a kind');
  const { url, signWith } = webhook;
  return { via: { kind: 'webhook', url: typeof url === 'string' ? { text: url } : url, ...(signWith && { signWith: signWith.secret }) }, on };
}
