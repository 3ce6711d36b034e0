import type { ProcessTracker } from '../supervisor/program-part.js';
import type { StackPorts } from '../ports.js';
import type { StackSecrets } from '../state/stack-secrets.js';
import type { StateFolder } from '../state/state-folder.js';

/** What a stack is made from. */
export interface StackSettings {
  readonly checkout: string;
  readonly state: StateFolder;
  readonly ports: StackPorts;
  readonly secrets: StackSecrets;
  /** What one instance of the process target is. */
  readonly instanceCommand: readonly string[];
  /** Path of the Temporal CLI. */
  readonly temporalCli: string;
  /** The PostgreSQL of the user; undefined: the stack brings one. */
  readonly databaseUrl: string | undefined;
  /** What every part sees of our own environment. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What every part is made from. */
export interface StackContext extends StackSettings {
  /** What ends the part should this process be killed. */
  readonly track: (name: string) => ProcessTracker;
}
