import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseDuration } from '../domain/duration.js';
import { messageOf, type Problem, SlipwayError } from '../domain/errors.js';
import type { EnvironmentVariables } from './environment-schema.js';
import { readConfig } from './read-config.js';
import { type Environment, readEnvironment } from './read-environment.js';
import type { OperatorSettings, Settings } from './settings.js';

export interface SettingsSources {
  readonly env: Environment;
  /** The operator's file. @default SLIPWAY_CONFIG, else `slipway.config.yaml` in the working directory where it is there */
  readonly file?: string;
  /** `admin-key`: the process cannot do without the API's key. */
  readonly needs?: readonly 'admin-key'[];
}

/**
 * Reads everything a process is told from outside, once.
 *
 * @throws SETTINGS_INVALID with every problem of the environment and of the operator's file
 */
export function loadSettings({ env, file, needs = [] }: SettingsSources): Settings {
  const { variables, problems } = readEnvironment(env);
  const config = readConfig(file ?? (env['SLIPWAY_CONFIG'] || undefined));
  const key = readAdminKey(env, needs);
  const all = [...problems, ...key.problems, ...config.problems];
  if (!variables || all.length > 0) throw invalid(all);
  return toSettings(variables, key.value, config.operator);
}

function toSettings(variables: EnvironmentVariables, adminKey: string | undefined, operator: OperatorSettings): Settings {
  const buildId = variables.SLIPWAY_WORKER_VERSIONING;
  return {
    site: variables.SLIPWAY_SITE,
    databaseUrl: variables.SLIPWAY_DATABASE_URL,
    http: { host: variables.SLIPWAY_HOST, port: Number(variables.SLIPWAY_PORT) },
    adminKey,
    secretsFolder: variables.SLIPWAY_SECRETS_FOLDER,
    log: { level: variables.SLIPWAY_LOG_LEVEL, format: variables.SLIPWAY_LOG_FORMAT },
    temporalUiUrl: variables.SLIPWAY_TEMPORAL_UI_URL,
    workerVersioning: buildId === undefined ? undefined : { buildId, deployment: variables.SLIPWAY_WORKER_DEPLOYMENT },
    metrics: { host: variables.SLIPWAY_METRICS_HOST, port: Number(variables.SLIPWAY_METRICS_PORT) },
    leaseTtlMs: milliseconds(variables.SLIPWAY_LEASE_TTL),
    stagingFolder: resolve(variables.SLIPWAY_STAGING_FOLDER ?? join(tmpdir(), 'slipway')),
    operator,
  };
}

function readAdminKey(env: Environment, needs: readonly string[]): { value: string | undefined; problems: readonly Problem[] } {
  const file = env['SLIPWAY_ADMIN_KEY_FILE'];
  if (!file) {
    const value = env['SLIPWAY_ADMIN_KEY'] || undefined;
    const missing = value === undefined && needs.includes('admin-key');
    return { value, problems: missing ? [{ path: 'SLIPWAY_ADMIN_KEY', message: 'or SLIPWAY_ADMIN_KEY_FILE is required' }] : [] };
  }
  try {
    const value = readFileSync(file, 'utf8').trim();
    return { value, problems: value.length < 16 ? [{ path: 'SLIPWAY_ADMIN_KEY_FILE', message: 'must name a file with at least 16 characters' }] : [] };
  } catch (error) {
    return { value: undefined, problems: [{ path: 'SLIPWAY_ADMIN_KEY_FILE', message: `cannot be read: ${messageOf(error)}` }] };
  }
}

function invalid(problems: readonly Problem[]): SlipwayError {
  const lines = problems.map(({ path, message, hint }) => `  ${path} ${message}${hint === undefined ? '' : ` (${hint})`}`);
  return new SlipwayError('SETTINGS_INVALID', `The settings are not valid, so nothing was started:\n${lines.join('\n')}`, { problems });
}

/** Of a duration that has been checked. */
function milliseconds(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new SlipwayError('INTERNAL', `The settings passed their checks with the duration ${text}.`);
  return ms;
}
