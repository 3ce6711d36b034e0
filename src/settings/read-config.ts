import { existsSync, readFileSync } from 'node:fs';
import { codeOf, messageOf, type Problem } from '../domain/errors.js';
import type { Complaint } from '../domain/service/complaint.js';
import { pointerOf } from '../domain/service/json-pointer.js';
import { isJsonObject } from '../domain/service/merge.js';
import { parseYamlOrJson } from '../definition/parse-yaml-or-json.js';
import { plainJson } from '../definition/plain-json.js';
import { checkSchema, unknownKeys } from '../definition/schema-problems.js';
import { configSchema, type OperatorConfig } from './config-schema.js';
import type { OperatorSettings } from './settings.js';
import { toOperatorSettings } from './to-operator-settings.js';

const DEFAULT_FILE = 'slipway.config.yaml';
const NOTHING: OperatorSettings = { routers: {}, targets: {}, prometheus: {}, repositories: {}, singleHost: false };

export interface ConfigRead {
  /** Empty where there are problems. */
  readonly operator: OperatorSettings;
  readonly problems: readonly Problem[];
}

/** @param named the file that was asked for; without, `slipway.config.yaml` of the working directory where it is there. */
export function readConfig(named: string | undefined): ConfigRead {
  const file = named ?? DEFAULT_FILE;
  if (named === undefined && !existsSync(file)) return { operator: NOTHING, problems: [] };
  try {
    return parseConfig(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const why = codeOf(error) === 'INTERNAL' ? `cannot be read: ${messageOf(error)}` : messageOf(error);
    return { operator: NOTHING, problems: [{ path: file, message: why }] };
  }
}

function parseConfig(text: string, file: string): ConfigRead {
  // A file of comments only is an empty one.
  const { value, complaints } = plainJson(parseYamlOrJson(text, 'application/yaml') ?? {});
  const checked = checkSchema(configSchema, value, 'whole');
  const all = [...complaints, ...checked.complaints, ...unknownKeys(configSchema, value), ...(isJsonObject(value) ? [...hostBound(checked.output), ...neverPersisted(checked.output)] : [])];
  const problems = all.map(({ path, message, hint }) => ({ path: `${file}#${pointerOf(path)}`, message, ...(hint !== undefined && { hint }) }));
  return { operator: checked.output && problems.length === 0 ? toOperatorSettings(checked.output) : NOTHING, problems };
}

const ONE_HOST = { message: 'is bound to one host', hint: 'set singleHost: true when all workers of the site run on one host' };

/** What is on the disk of one host, or runs there, is nothing to a worker on another. */
function hostBound(config: OperatorConfig | undefined): Complaint[] {
  if (!config || config.singleHost) return [];
  const targets = Object.entries(config.targets).filter(([, { process }]) => process).map(([name]) => ['targets', name, 'process']);
  const archives = Object.entries(config.repositories).filter(([, { archive }]) => archive && !archive.shared).map(([name]) => ['repositories', name, 'archive', 'folder']);
  const local = Object.entries(config.repositories).filter(([, { restic }]) => restic?.repository.startsWith('/') && !restic.shared).map(([name]) => ['repositories', name, 'restic', 'repository']);
  return [...targets.map((path) => ({ path, ...ONE_HOST })), ...[...archives, ...local].map((path) => ({ path, ...ONE_HOST, hint: `${ONE_HOST.hint}, or shared: true when each of them has it mounted there` }))];
}

/** Where a local HAProxy is not told of its state file, nobody can keep its servers. */
function neverPersisted(config: OperatorConfig | undefined): Complaint[] {
  return Object.entries(config?.routers ?? {}).flatMap(([name, { haproxy, persist }]) => {
    if (!haproxy || persist !== 'required' || haproxy.stateFile !== undefined) return [];
    const lacking = Object.entries(haproxy.instances).filter(([, { socket, stateFile }]) => socket !== undefined && stateFile === undefined);
    return lacking.map(([instance]) => ({
      path: ['routers', name, 'haproxy', 'instances', instance], message: 'has no `stateFile`, without which `persist: required` can never be kept', hint: 'name the server-state-file of its configuration, here or for the router',
    }));
  });
}
