import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { TOOLS } from './checkout.mjs';
import { provideGo } from './go.mjs';
import { runProgram } from './run-program.mjs';

/** What is built where no restic is recent enough. */
const VERSION = '0.18.1';
const LEAST = [0, 17];
const BUILD_TIMEOUT_MS = 15 * 60_000;
const KEPT = path.join(TOOLS, 'restic');

/**
 * Answers the path and version of a restic that can store the output of a program: the one on PATH, one built before, or one built now.
 * @param {(line: string) => void} say
 * @throws when there is none: the message lists each source with its reason
 */
export async function provideRestic(say) {
  const reasons = [];
  for (const [name, find] of [['restic on PATH', onPath], ['built before', builtBefore], ['built by Go', () => build(say)]]) {
    try {
      const file = await find();
      return { file, version: await checkedVersion(file), source: name };
    } catch (error) {
      reasons.push(`  ${String(name)}: ${error.message}`);
    }
  }
  throw new Error(`No restic could be had:\n${reasons.join('\n')}\nInstall restic ${LEAST.join('.')} or newer, or Go to build it with.`);
}

async function onPath() {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    const file = path.join(folder, 'restic');
    if (await isThere(file)) return file;
  }
  throw new Error('is not there');
}

async function builtBefore() {
  if (await isThere(KEPT)) return KEPT;
  throw new Error('is not there');
}

async function checkedVersion(file) {
  const output = await runProgram([file, 'version'], { timeoutMs: 20_000 });
  const version = /restic (\d+)\.(\d+)\.(\d+)/.exec(output)?.slice(1).map(Number);
  if (version === undefined) throw new Error('does not say its version');
  const [major, minor] = version;
  if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1])) throw new Error(`is ${version.join('.')}, at least ${LEAST.join('.')} is needed`);
  return version.join('.');
}

/** As a dependency of an empty module: `go install` refuses modules that replace others, and its checksums are verified this way too. */
async function build(say) {
  await mkdir(TOOLS, { recursive: true });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-restic-'));
  try {
    const go = await provideGo(say, folder);
    const options = { cwd: folder, env: { ...process.env, GOTOOLCHAIN: 'auto', CGO_ENABLED: '0' }, timeoutMs: BUILD_TIMEOUT_MS, onLine: say };
    say(`building restic ${VERSION}, some minutes`);
    await runProgram([go, 'mod', 'init', 'build'], options);
    await runProgram([go, 'get', `github.com/restic/restic@v${VERSION}`], options);
    const next = `${KEPT}.${process.pid}`;
    await runProgram([go, 'build', '-mod=mod', '-buildvcs=false', '-o', next, 'github.com/restic/restic/cmd/restic'], options);
    await rename(next, KEPT);
    return KEPT;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isThere(file) {
  return access(file).then(() => true, () => false);
}
