import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.js';
import { until } from '../until.js';

export const prometheusIsThere = spawnSync('prometheus', ['--version'], { stdio: 'ignore' }).status === 0;

export interface RunningPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Prometheus server on loopback that scrapes itself. */
export async function startPrometheus(): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-prometheus-'));
  const address = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, `global: { scrape_interval: 1s }\nscrape_configs: [{ job_name: self, static_configs: [{ targets: ["${address}"] }] }]\n`);
  const server = spawn('prometheus', [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=${address}`], { stdio: 'ignore' });
  const url = `http://${address}`;
  if (!(await until(() => isReady(url), 20_000))) throw new Error('prometheus did not become ready');
  return { url, stop: () => stop(server, folder) };
}

async function stop(server: ChildProcess, folder: string): Promise<void> {
  if (server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(folder, { recursive: true });
}

function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then((response) => response.ok, () => false);
}
