import { join } from 'node:path';
import type { Part } from '../supervisor/part.js';
import { programPart } from '../supervisor/program-part.js';
import { BACKUP_IDENTITY_SECRET, ROUTER_TOKEN_SECRET } from '../state/write-config.js';
import { answersOk } from './answers-ok.js';
import type { StackContext } from './stack-context.js';

const READY_TIMEOUT_MS = 60_000;

/** Longer than the worker gives its activities to hand over. */
const GRACE_MS = 20_000;

/** Runs workflows and activities. Asks for the database's address when it starts, as that is known only then. */
export function workerPart(context: StackContext, databaseUrl: () => string): Part {
  const { checkout, ports, secrets, state } = context;
  return slipwayPart(context, {
    name: 'worker',
    main: join(checkout, 'dist/src/worker/main.js'),
    ready: `http://127.0.0.1:${ports.workerMetrics}/readyz`,
    env: () => ({
      SLIPWAY_DATABASE_URL: databaseUrl(), SLIPWAY_METRICS_PORT: String(ports.workerMetrics), SLIPWAY_STAGING_FOLDER: state.staging,
      [`SLIPWAY_SECRET_${ROUTER_TOKEN_SECRET}`]: secrets.routerToken, [`SLIPWAY_SECRET_${BACKUP_IDENTITY_SECRET}`]: secrets.backupIdentity,
    }),
  });
}

/** Answers HTTP. */
export function apiPart(context: StackContext, databaseUrl: () => string): Part {
  const { checkout, ports, state } = context;
  return slipwayPart(context, {
    name: 'api',
    main: join(checkout, 'dist/src/api/main.js'),
    ready: `http://127.0.0.1:${ports.api}/readyz`,
    env: () => ({
      SLIPWAY_DATABASE_URL: databaseUrl(), SLIPWAY_PORT: String(ports.api), SLIPWAY_ADMIN_KEY_FILE: state.adminKey,
      SLIPWAY_TEMPORAL_UI_URL: `http://localhost:${ports.temporalUi}`,
    }),
  });
}

interface SlipwayPart {
  readonly name: string;
  readonly main: string;
  readonly ready: string;
  readonly env: () => NodeJS.ProcessEnv;
}

function slipwayPart({ checkout, state, ports, environment, track }: StackContext, { name, main, ready, env }: SlipwayPart): Part {
  return {
    name,
    start: (signal) =>
      programPart({
        name,
        command: [process.execPath, '--enable-source-maps', main],
        env: { ...environment, TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`, SLIPWAY_CONFIG: state.config, ...env() },
        cwd: checkout,
        logFile: join(state.logs, `${name}.log`),
        isReady: (aborted) => answersOk(ready, aborted),
        readyTimeoutMs: READY_TIMEOUT_MS,
        graceMs: GRACE_MS,
        tracker: track(name),
      }).start(signal),
  };
}
