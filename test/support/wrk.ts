import { spawn } from 'node:child_process';

export interface WrkOptions {
  readonly port: number;
  readonly path?: string;
  readonly connections: number;
  readonly seconds: number;
  readonly headers?: readonly string[];
  /** Ends it early; the report is of what came until then. */
  readonly signal?: AbortSignal;
}

export interface WrkReport {
  readonly requests: number;
  /** Answers other than 2xx and 3xx, and errors of connections. */
  readonly lost: number;
}

/** Bounded load on a port of this host. */
export function wrk({ port, path = '/', connections, seconds, headers = [], signal }: WrkOptions): Promise<WrkReport> {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '5s', ...headers.flatMap((header) => ['-H', header]), `http://127.0.0.1:${port}${path}`];
  return new Promise((resolve, reject) => {
    const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: (seconds + 10) * 1_000 });
    signal?.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (said += chunk));
    child.once('error', reject);
    child.once('close', () => resolve(reportOf(said)));
  });
}

/** Keep-alive connections, and connections of one request each beside them. */
export async function mixedLoad(options: Omit<WrkOptions, 'connections'>): Promise<WrkReport> {
  const [kept, closed] = await Promise.all([wrk({ ...options, connections: 32 }), wrk({ ...options, connections: 8, headers: ['Connection: close'] })]);
  return { requests: kept.requests + closed.requests, lost: kept.lost + closed.lost };
}

function reportOf(said: string): WrkReport {
  const requests = /(\d+) requests in/.exec(said)?.[1];
  if (requests === undefined) throw new Error(`wrk said: ${said}`);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(said)?.slice(1) ?? [];
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(said)?.[1] ?? 0;
  return { requests: Number(requests), lost: [...errors, refused].reduce<number>((sum, count) => sum + Number(count), 0) };
}
