import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where the stack keeps what outlives it. */
export interface StateFolder {
  readonly path: string;
  readonly lock: string;
  readonly logs: string;
  /** Records of the parts that run. */
  readonly stack: string;
  /** Records of the process target's instances. */
  readonly instances: string;
  readonly config: string;
  readonly adminKey: string;
  readonly routerToken: string;
  /** The secret key of the backups. */
  readonly backupIdentity: string;
  readonly routerState: string;
  readonly temporalDatabase: string;
  readonly postgres: string;
  /** The repository of the stack. */
  readonly backups: string;
  /** What backups and restores need for a while. */
  readonly staging: string;
  /** Where the example keeps its orders: a link to a folder of files. */
  readonly orders: string;
}

export async function openStateFolder(folder: string): Promise<StateFolder> {
  const path = resolve(folder);
  const at = (...names: string[]) => join(path, ...names);
  const state: StateFolder = {
    path, lock: at('lock'), logs: at('logs'), stack: at('stack'), instances: at('run'), config: at('slipway.config.yaml'), adminKey: at('admin-key'),
    routerToken: at('router-token'), routerState: at('router-state.json'), temporalDatabase: at('temporal.sqlite'), postgres: at('postgres'),
    backupIdentity: at('backup-identity'), backups: at('backups'), staging: at('staging'), orders: at('storefront', 'orders'),
  };
  await Promise.all([state.logs, state.stack, state.instances].map((each) => mkdir(each, { recursive: true })));
  return state;
}
