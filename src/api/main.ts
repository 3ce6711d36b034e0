import { codeOf, messageOf } from '../domain/errors.js';
import { createLogger } from '../logging/create-logger.js';
import { runProcess } from '../logging/run-process.js';
import { describeSettings } from '../settings/describe-settings.js';
import { loadSettings } from '../settings/load-settings.js';
import { migrate } from '../store/postgres/migrate.js';
import { createApp } from './app.js';
import { compose } from './server/compose.js';
import { keepTrying } from './server/keep-trying.js';
import { serve } from './server/serve.js';
import { sweepRegularly } from './server/sweep-regularly.js';

const GRACE_MS = 10_000;

/** The API process: answers at once, and refuses with 503 what needs a database or a Temporal server that is not there yet. */
async function main(): Promise<void> {
  const settings = loadSettings({ env: process.env, needs: ['admin-key'] });
  const log = createLogger({ name: 'api', ...settings.log });
  const closing = new AbortController();
  let databaseProblem: string | null = 'The database has not been brought to this release’s schema yet.';
  const { deps, close } = compose({ settings, adminKey: settings.adminKey ?? '', log, databaseProblem: () => databaseProblem, closing: closing.signal });
  const serving = await serve(createApp(deps), settings.http);
  log.info({ settings: describeSettings(settings), port: serving.port }, 'listening');

  const prepareDatabase = async (): Promise<void> => {
    await migrate(settings.databaseUrl, { onApplied: ({ number, name }) => log.info({ number, name }, 'migrated') });
    databaseProblem = null;
  };
  const migrating = keepTrying(prepareDatabase, {
    onFailure: (error, nextInMs) => {
      databaseProblem = messageOf(error);
      log.warn({ code: codeOf(error), reason: databaseProblem, nextInMs }, 'the database is not ready');
    },
    signal: closing.signal,
  });
  const sweeping = sweepRegularly(deps.app, closing.signal);

  const reason = await stopRequest();
  log.info({ reason }, 'stopping');
  closing.abort();
  await serving.stop(GRACE_MS);
  await Promise.all([migrating, sweeping]);
  await close();
  log.info({}, 'stopped');
}

function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

await runProcess(main);
