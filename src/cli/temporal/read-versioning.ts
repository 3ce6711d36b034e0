import { SlipwayError } from '../../domain/errors.js';
import { environmentVariables } from '../../settings/environment-schema.js';
import { readEnvironment } from '../../settings/read-environment.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Versioning {
  readonly buildId: string;
  readonly deployment: string;
}

const versioningVariables = environmentVariables.pick({ SLIPWAY_WORKER_VERSIONING: true, SLIPWAY_WORKER_DEPLOYMENT: true });

/** What set-up needs to be told; it does without the rest, such as the database. @throws SETTINGS_INVALID */
export function readVersioning(env: Environment): Versioning | undefined {
  const problems = readEnvironment(env).problems.filter(({ path }) => path.startsWith('SLIPWAY_WORKER_') || path.startsWith('TEMPORAL_'));
  if (problems.length > 0) throw new SlipwayError('SETTINGS_INVALID', problems.map(({ path, message }) => `${path} ${message}`).join('\n'), { problems });
  const given = Object.keys(versioningVariables.shape).map((key) => [key, env[key] || undefined] as const);
  const { SLIPWAY_WORKER_VERSIONING: buildId, SLIPWAY_WORKER_DEPLOYMENT: deployment } = versioningVariables.parse(Object.fromEntries(given));
  return buildId === undefined ? undefined : { buildId, deployment };
}
