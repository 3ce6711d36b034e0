import { SlipwayError } from '../domain/errors.js';
import type { Logger } from '../domain/logger.js';
import type { NotifySpec } from '../domain/service/environment.js';
import type { TextOrSecret } from '../domain/service/environment.js';
import type { MetricSource } from '../metrics/metric-source.js';
import { createPrometheusSource } from '../metrics/prometheus-source.js';
import { createHttpClient } from '../net/http-client.js';
import type { Notifier } from '../notifiers/notifier.js';
import { receiverOf } from '../notifiers/receiver-of.js';
import type { Programs } from '../programs/programs.js';
import { createEmbeddedRouter } from '../routers/embedded/embedded-router.js';
import { createHaproxyRouter } from '../routers/haproxy/haproxy-router.js';
import type { Router } from '../routers/router.js';
import type { Secrets } from '../secrets/secrets.js';
import type { OperatorSettings, RouterSettings, TargetSettings } from '../settings/settings.js';
import { createCommandTarget } from '../targets/command/command-target.js';
import { createProcessTarget } from '../targets/process/process-target.js';
import { createStaticTarget } from '../targets/static/static-target.js';
import type { Target } from '../targets/target.js';

const QUERY_TIMEOUT_MS = 5_000;

export interface Adapters {
  readonly router: (name: string) => Router;
  /** All of them. */
  readonly routers: readonly Router[];
  readonly target: (name: string) => Target;
  readonly metricSource: (name: string) => MetricSource;
  readonly notifier: (via: NotifySpec['via']) => Notifier;
  close(): Promise<void>;
}

export interface AdapterDeps {
  readonly operator: OperatorSettings;
  readonly secrets: Secrets;
  readonly programs: Programs;
  readonly logger: Logger;
}

/** Everything the operator declared, made once. Secrets of routers are read here, those of notices at each use. */
export async function createAdapters(deps: AdapterDeps): Promise<Adapters> {
  const { operator, logger, secrets } = deps;
  const routers = new Map(await Promise.all(Object.entries(operator.routers).map(async ([name, settings]) => [name, await routerOf(deps, name, settings)] as const)));
  const targets = new Map(Object.entries(operator.targets).map(([name, settings]) => [name, targetOf(deps, name, settings)]));
  const http = createHttpClient();
  const sources = new Map(Object.entries(operator.prometheus).map(([name, { url, allowPartial }]) => (
    [name, createPrometheusSource({ url, timeoutMs: QUERY_TIMEOUT_MS, partialAnswers: allowPartial ? 'noted' : 'refused', http })]
  )));
  return {
    routers: [...routers.values()],
    router: (name) => routers.get(name) ?? missing('ROUTER_UNKNOWN', `router ${name} is not declared on this worker`),
    target: (name) => targets.get(name) ?? missing('TARGET_UNKNOWN', `target ${name} is not declared on this worker`),
    metricSource: (name) => sources.get(name) ?? missing('METRIC_UNAVAILABLE', `no prometheus named ${name} is declared on this worker`),
    notifier: (via) => receiverOf({ secrets, http, logger }, via),
    close: async () => { await Promise.all([...routers.values()].map((router) => router.close())); },
  };
}

async function routerOf({ secrets, logger }: AdapterDeps, name: string, settings: RouterSettings): Promise<Router> {
  if (settings.kind === 'embedded') {
    return createEmbeddedRouter({ name, url: settings.url, token: await textOf(secrets, settings.token), persistPolicy: settings.persist });
  }
  const { instances, maintenance, percentiles, mapFolder, stateFile, persist } = settings;
  return createHaproxyRouter({
    name, instances, maintenance, percentiles, logger, persistPolicy: persist,
    ...(mapFolder === undefined ? {} : { mapFolder }), ...(stateFile === undefined ? {} : { stateFile }),
  });
}

function targetOf({ programs }: AdapterDeps, name: string, settings: TargetSettings): Target {
  switch (settings.kind) {
    case 'command': return createCommandTarget({ name, ...settings, programs });
    case 'static': return createStaticTarget({ name, slots: settings.slots });
    case 'process': return createProcessTarget({ name, command: settings.command, portRange: settings.ports, stateFolder: settings.folder });
  }
}

async function textOf(secrets: Secrets, value: TextOrSecret): Promise<string> {
  return 'text' in value ? value.text : secrets.resolve(value.secret);
}

function missing(code: 'ROUTER_UNKNOWN' | 'TARGET_UNKNOWN' | 'METRIC_UNAVAILABLE', message: string): never {
  throw new SlipwayError(code, message);
}
