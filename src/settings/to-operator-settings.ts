import { parseDuration } from '../domain/duration.js';
import { SlipwayError } from '../domain/errors.js';
import { mapValues } from '../domain/map-values.js';
import type { TextOrSecret } from '../domain/service/environment.js';
import { type OperatorConfig, portsOf } from './config-schema.js';
import type { HaproxyFiles, HaproxySettings, OperatorSettings, RepositorySettings, RouterSettings, TargetSettings } from './settings.js';

type RouterConfig = OperatorConfig['routers'][string];
type RepositoryConfig = OperatorConfig['repositories'][string];
type TargetConfig = OperatorConfig['targets'][string];
type InstanceConfig = NonNullable<RouterConfig['haproxy']>['instances'][string];

/** The operator's file with units parsed. The input has been checked: what cannot be converted is a bug. */
export function toOperatorSettings(config: OperatorConfig): OperatorSettings {
  return {
    routers: mapValues(config.routers, toRouter),
    targets: mapValues(config.targets, toTarget),
    prometheus: config.prometheus,
    repositories: mapValues(config.repositories, toRepository),
    singleHost: config.singleHost,
  };
}

function toRouter({ haproxy, embedded, services, persist, onDrift }: RouterConfig): RouterSettings {
  if (haproxy) {
    const { instances, maintenance, percentiles } = haproxy;
    return { kind: 'haproxy', services, persist, onDrift, instances: mapValues(instances, toInstance), maintenance, percentiles, ...toFiles(haproxy) };
  }
  if (!embedded) return unchecked('a router without a kind');
  const { url, token } = embedded;
  return { kind: 'embedded', services, persist, onDrift, url, token: toTextOrSecret(token) };
}

function toInstance({ socket, tcp, ...files }: InstanceConfig): HaproxySettings['instances'][string] {
  if (socket !== undefined) return { socket, ...toFiles(files) };
  return tcp === undefined ? unchecked('an instance without a kind') : { tcp, ...toFiles(files) };
}

function toFiles({ maps, stateFile }: Pick<InstanceConfig, 'maps' | 'stateFile'>): HaproxyFiles {
  return { ...(maps !== undefined && { mapFolder: maps }), ...(stateFile !== undefined && { stateFile }) };
}

function toTarget({ command, process, static: fixed, services, allowInProduction }: TargetConfig): TargetSettings {
  const usable = { services, allowInProduction };
  if (command) {
    const { timeout, ...programs } = command;
    return { ...usable, kind: 'command', ...programs, timeoutMs: ms(timeout) };
  }
  if (process) return { ...usable, kind: 'process', ...process, ports: portsOf(process.ports) ?? unchecked('a port range that is none') };
  return fixed ? { ...usable, kind: 'static', slots: fixed.slots } : unchecked('a target without a kind');
}

function toRepository({ restic, archive, services, prune }: RepositoryConfig): RepositorySettings {
  const usable = { services, pruneEveryMs: ms(prune.every) };
  if (restic) {
    const { shared: _, env, ...same } = restic;
    return { ...usable, kind: 'restic', ...same, env: mapValues(env, toTextOrSecret) };
  }
  if (!archive) return unchecked('a repository without a kind');
  const { shared: _, ...same } = archive;
  return { ...usable, kind: 'archive', ...same };
}

function toTextOrSecret(value: string | { secret: string }): TextOrSecret {
  return typeof value === 'string' ? { text: value } : value;
}

function ms(text: string): number {
  return parseDuration(text) ?? unchecked('a duration that is none');
}

function unchecked(what: string): never {
  throw new SlipwayError('INTERNAL', `The operator's file passed its checks with ${what}.`);
}
