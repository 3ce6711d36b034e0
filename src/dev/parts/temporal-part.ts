import { SEARCH_ATTRIBUTES } from '../../workflows/sequence/search-attributes.js';
import type { Part } from '../supervisor/part.js';
import { programPart } from '../supervisor/program-part.js';
import { answersOk } from './answers-ok.js';
import type { StackContext } from './stack-context.js';

/** Both are needed for a cancel to reach a running activity at once instead of with its next heartbeat. */
const PUSH_CANCEL = ['system.enableCancelActivityWorkerCommand=true', 'frontend.WorkerCommandsEnabled=true'];

/** Temporal's dev server: the real server on a SQLite file, with its Web UI. */
export function temporalPart({ state, ports, temporalCli, environment, track }: StackContext): Part {
  return programPart({
    name: 'temporal',
    command: [
      temporalCli, 'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(ports.temporal), '--ui-port', String(ports.temporalUi),
      '--db-filename', state.temporalDatabase, '--log-level', 'warn',
      ...SEARCH_ATTRIBUTES.flatMap(({ name, type }) => ['--search-attribute', `${name}=${capitalised(type)}`]),
      ...PUSH_CANCEL.flatMap((value) => ['--dynamic-config-value', value]),
    ],
    env: environment,
    cwd: state.path,
    logFile: `${state.logs}/temporal.log`,
    // Through the Web UI's server: it answers only when frontend, namespace and UI are all there.
    isReady: (signal) => answersOk(`http://127.0.0.1:${ports.temporalUi}/api/v1/namespaces/default`, signal),
    readyTimeoutMs: 60_000,
    graceMs: 10_000,
    tracker: track('temporal'),
  });
}

/** `KEYWORD` is `Keyword` on the command line. */
function capitalised(type: string): string {
  return `${type.charAt(0)}${type.slice(1).toLowerCase()}`;
}
