import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkoutFolder } from '../checkout.js';
import { type ApiClient, createApiClient } from '../demo/api-client.js';
import { freePortBase, sparePort } from '../ports.js';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { installedPostgres } from '../postgres/installed-postgres.js';
import type { Screen } from '../screen.js';
import { createStartBar } from '../start-bar.js';
import { startStack } from '../start-stack.js';
import { demoRepository, type DemoRepository } from './repository.js';
import { createShopDatabase, type ShopDatabase } from './shop-database.js';
import { ADMIN_URL_SECRET, DATABASE_URL_SECRET, SHOP_DATABASE, shopDefinition } from './shop-definition.js';

/** A stack and a shop's database, for this demo only. */
export interface DatabaseScene {
  readonly api: ApiClient;
  readonly shop: ShopDatabase;
  readonly repository: DemoRepository;
  /** Of the shop's server. */
  readonly postgresVersion: string;
  readonly apiUrl: string;
  readonly folder: string;
}

/** What ends what was begun, the last first. */
export type Undo = (() => Promise<unknown>)[];

/**
 * Starts all of it in a folder of its own in the system's temporary one, on ports that are free, so that it runs beside other stacks.
 *
 * @param undo gets what ends each part, also when this throws
 * @throws PROGRAM_MISSING without PostgreSQL's server and client programs, and what `startStack` throws
 */
export async function openScene(env: NodeJS.ProcessEnv, screen: Screen, undo: Undo, signal: AbortSignal): Promise<DatabaseScene> {
  const { binaries, version } = await installedPostgres(env);
  screen.line(`Starting PostgreSQL ${version} with the database of a shop, and a stack for it`);
  const folder = await mkdtemp(join(tmpdir(), 'slipway-demo-backup-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  // PostgreSQL may have to run as somebody else, who must reach its folder.
  await chmod(folder, 0o711);
  const base = await freePortBase();
  const log = createWriteStream(join(folder, 'shop-postgres.log'));
  const server = await startEmbeddedPostgres({ folder: join(folder, 'shop-postgres'), port: sparePort(base), binaries, log: (line) => log.write(`${line}\n`) });
  undo.push(async () => {
    await server.stop();
    log.end();
  });
  signal.throwIfAborted();
  const shop = await createShopDatabase(server.url, randomBytes(24).toString('base64url'));
  const repository = await demoRepository(checkoutFolder(), folder);
  const secrets = { ...repository.secrets, [DATABASE_URL_SECRET]: shop.url, [ADMIN_URL_SECRET]: shop.adminUrl };
  const stack = await startStackFor({ stateFolder: folder, portBase: base, repositories: repository.declared }, { ...ownEnvironment(env), ...asSettings(secrets) }, screen, signal);
  undo.push(() => stack.stop());
  const apiUrl = `http://localhost:${stack.settings.ports.api}`;
  const api = createApiClient(apiUrl, stack.settings.secrets.adminKey, signal);
  await api.putService(SHOP_DATABASE.service, JSON.stringify(shopDefinition(repository.name)));
  return { api, shop, repository, postgresVersion: version, apiUrl, folder };
}

async function startStackFor(request: Parameters<typeof startStack>[0], env: NodeJS.ProcessEnv, screen: Screen, signal: AbortSignal): ReturnType<typeof startStack> {
  const bar = createStartBar(screen);
  try {
    return await startStack(request, env, { say: bar.say, onReady: bar.ready }, signal);
  } finally {
    bar.end();
  }
}

/** Nothing of a database that is the user's own. */
function ownEnvironment({ SLIPWAY_DATABASE_URL: _, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return env;
}

function asSettings(secrets: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`SLIPWAY_SECRET_${name}`, value]));
}
