import { chmod, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runProgram } from './run-program.mjs';

/** What an older Go is left for: it builds what restic needs. */
const TOOLCHAIN = '1.24.4';
/** From here on Go fetches a newer toolchain by itself, where a module asks for one. */
const FETCHES_ITSELF = 21;
const FETCH_TIMEOUT_MS = 10 * 60_000;
/** The toolchain of go.dev installs itself there, and not on everybody's PATH. */
const PROGRAMS = ['go', '/usr/local/go/bin/go'];

/**
 * A Go that can build today's programs: an installed one, else the toolchain that an older one, such as Debian 12's, fetches as the module
 * `golang.org/toolchain`. Its checksum is verified like that of any other module.
 * @param {(line: string) => void} say
 * @param {string} folder an empty one to work in
 * @returns {Promise<string>} the program
 * @throws when none is installed, or none can be fetched
 */
export async function provideGo(say, folder) {
  const installed = await installedGo();
  if (installed.minor >= FETCHES_ITSELF) return installed.go;
  say(`fetching Go ${TOOLCHAIN}, as ${installed.go} is 1.${installed.minor}`);
  const module = `golang.org/toolchain@v0.0.1-go${TOOLCHAIN}.${os.platform()}-${os.arch() === 'x64' ? 'amd64' : os.arch()}`;
  const answer = await runProgram([installed.go, 'mod', 'download', '-json', module], { cwd: folder, timeoutMs: FETCH_TIMEOUT_MS });
  const { Dir: root } = JSON.parse(answer.slice(answer.indexOf('{')));
  await makeExecutable(root);
  return path.join(root, 'bin', 'go');
}

async function installedGo() {
  for (const go of PROGRAMS) {
    const version = await runProgram([go, 'env', 'GOVERSION'], { timeoutMs: 10_000 }).then((output) => /go1\.(\d+)/.exec(output), () => null);
    if (version) return { go, minor: Number(version[1]) };
  }
  throw new Error('Go is not installed');
}

/** Modules carry no permission to execute. */
async function makeExecutable(root) {
  const files = await Promise.all(['bin', path.join('pkg', 'tool')].map(async (folder) =>
    (await readdir(path.join(root, folder), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())));
  await Promise.all(files.flat().map((entry) => chmod(path.join(entry.parentPath, entry.name), 0o555)));
}
