import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import type { Part } from '../supervisor/part.js';
import type { StackContext } from './stack-context.js';

export interface PostgresPart extends Part {
  /** Of the running one; contains its password. */
  readonly url: () => string;
}

/** PostgreSQL from npm, on the data of the start before. */
export function postgresPart({ state, ports, track }: StackContext): PostgresPart {
  let url = '';
  return {
    name: 'postgres',
    url: () => url,
    async start() {
      const log = createWriteStream(join(state.logs, 'postgres.log'), { flags: 'a' });
      const server = await startEmbeddedPostgres({ folder: state.postgres, port: ports.postgres, log: (line) => log.write(`${line}\n`) });
      ({ url } = server);
      const { pid } = server.process;
      const tracker = track('postgres');
      if (pid !== undefined) tracker.spawned(pid);
      void server.ended.then(() => {
        if (pid !== undefined) tracker.ended(pid);
        log.end();
      });
      return { pid: pid ?? 0, ended: server.ended.then(() => endOf(server.process)), stop: () => server.stop() };
    },
  };
}

function endOf({ exitCode, signalCode }: { exitCode: number | null; signalCode: NodeJS.Signals | null }): string {
  return signalCode ?? `exit code ${exitCode}`;
}
