import { rename, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { StackPorts } from '../ports.js';
import type { StateFolder } from './state-folder.js';

const STACK_ROUTER = 'edge';
export const STACK_TARGET = 'local';
/** Under this name the worker finds the router's token, as `SLIPWAY_SECRET_ROUTER_TOKEN`. */
export const ROUTER_TOKEN_SECRET = 'ROUTER_TOKEN';
/** And under this one the key of the backups. */
export const BACKUP_IDENTITY_SECRET = 'BACKUP_IDENTITY';
const STACK_REPOSITORY = 'local';

export interface ConfigParts {
  readonly ports: StackPorts;
  readonly instanceCommand: readonly string[];
  /** Beside the stack's own, as the operator's file names them. */
  readonly repositories: Readonly<Record<string, object>>;
}

/** Writes the operator's file of this stack: one router, one target that runs the example, and where backups go. Overwritten by each start. */
export async function writeConfig(state: StateFolder, { ports, instanceCommand, repositories }: ConfigParts): Promise<void> {
  const config = {
    singleHost: true,
    routers: { [STACK_ROUTER]: { embedded: { url: `http://127.0.0.1:${ports.routerAdmin}`, token: { secret: ROUTER_TOKEN_SECRET } } } },
    targets: { [STACK_TARGET]: { process: { command: [...instanceCommand], ports: `${ports.instances.first}-${ports.instances.last}`, folder: state.path } } },
    repositories: { [STACK_REPOSITORY]: { archive: { folder: state.backups, identity: { secret: BACKUP_IDENTITY_SECRET } } }, ...repositories },
  };
  await writeFile(`${state.config}.new`, `# Written by each \`npm start\`; changes are lost.\n${stringify(config)}`, { mode: 0o600 });
  await rename(`${state.config}.new`, state.config);
}
