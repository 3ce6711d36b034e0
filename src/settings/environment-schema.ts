import { z } from 'zod';
import { wholeNumberText } from './whole-number-text.js';
import { duration, name, text } from '../definition/fields.js';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' });

/** What the environment may say. Every value is text; an empty one counts as not set. */
export const environmentVariables = z.strictObject({
  SLIPWAY_DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/, error: 'must be an address that begins with postgres:// or postgresql://' }).meta({ description: 'The PostgreSQL database. Required. Secret.' }),
  SLIPWAY_SITE: name('The site whose routers and targets the workers reach.').default('default'),
  SLIPWAY_HOST: text('Address the API listens on.', { max: 253 }).default('127.0.0.1'),
  SLIPWAY_PORT: wholeNumberText('Port the API listens on; 0 takes any.', { max: 65_535 }).default('3000'),
  SLIPWAY_CONFIG: text('Path of the operator’s file. Default: `slipway.config.yaml` in the working directory, where it is there.').optional(),
  SLIPWAY_ADMIN_KEY: z.string().min(16, 'must be at least 16 characters long').meta({ description: 'The key of the API. Secret.' }).optional(),
  SLIPWAY_ADMIN_KEY_FILE: text('Path of a file that holds the key, instead.').optional(),
  SLIPWAY_SECRETS_FOLDER: text('Folder with a file for each secret that `{ secret: NAME }` may name, besides the variables `SLIPWAY_SECRET_<NAME>`.').optional(),
  SLIPWAY_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').meta({ description: 'The least that is logged.' }),
  SLIPWAY_LOG_FORMAT: z.enum(['json', 'pretty']).default('json').meta({ description: 'Form of the log.' }),
  SLIPWAY_TEMPORAL_UI_URL: httpUrl.meta({ description: 'Address of the Temporal Web UI, for links.' }).optional(),
  SLIPWAY_WORKER_VERSIONING: text('Build id of the worker; turns Worker Versioning on.', { max: 200 }).optional(),
  SLIPWAY_WORKER_DEPLOYMENT: text('Name of the worker deployment that the build id belongs to.', { max: 200 }).default('slipway'),
  SLIPWAY_STAGING_FOLDER: text('Folder for what backups and restores need for a while, on a disk with room for the biggest database dump. Default: `slipway` in the system’s temporary folder.').optional(),
  SLIPWAY_LEASE_TTL: duration('Time a lease on a repository, or on the migrations of a service, lasts unrenewed, at least 10 s: a worker that dies holds up others for at most so long.', { minMs: 10_000 }).default('60s'),
  SLIPWAY_METRICS_HOST: text('Address the worker’s health and metrics listen on.', { max: 253 }).default('127.0.0.1'),
  SLIPWAY_METRICS_PORT: wholeNumberText('Port of the worker’s health and metrics; 0 takes any.', { max: 65_535 }).default('9464'),
});

export type EnvironmentVariables = z.output<typeof environmentVariables>;

/** Known, and read elsewhere: by the embedded stack, the tests, the secrets, the embedded router. */
const ELSEWHERE = /^SLIPWAY_(?:SECRET_[A-Z0-9_]+|TEST_[A-Z0-9_]+|TEMPORAL_CLI|STATE_DIR|ROUTER_TOKEN)$/;

export function isReadElsewhere(variable: string): boolean {
  return ELSEWHERE.test(variable);
}
