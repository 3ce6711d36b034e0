import { cp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT, isMain } from './parts/checkout.mjs';
import { fingerprint } from './parts/fingerprint.mjs';
import { withSetupLock } from './parts/folder-lock.mjs';
import { runProgram } from './parts/run-program.mjs';

const SOURCES = ['src', 'bench', 'examples', 'test/support', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const WORKFLOW_SOURCES = ['src/workflows', 'src/domain', 'package-lock.json'];
const DIST = path.join(ROOT, 'dist');
/** Built beside and put in place whole: what runs from `dist` never sees half a build. */
const NEXT = path.join(ROOT, 'dist.next');
const OLD = path.join(ROOT, 'dist.old');
const STAMP = 'build-stamp.json';
const BUNDLE = 'workflow-bundle.js';
const COMPILE_TIMEOUT_MS = 3 * 60_000;

/**
 * Compiles the sources and bundles the workflows into `dist`, when they are newer than what is there.
 * @param {(line: string) => void} say
 * @param {{check?: 'types' | 'none'}} [options] `none` emits although a type is wrong; @default types
 */
export async function buildAll(say, { check = 'types' } = {}) {
  const stamp = { sources: await fingerprint(ROOT, SOURCES, isBuilt), workflows: await fingerprint(ROOT, WORKFLOW_SOURCES, isBuilt) };
  const before = await stampOf(DIST);
  if (before?.sources === stamp.sources) return undefined;
  await rm(NEXT, { recursive: true, force: true });
  say('compiling');
  await compile(check);
  const bundled = await bundleWorkflows(say, before?.workflows === stamp.workflows);
  await writeFile(path.join(NEXT, STAMP), `${JSON.stringify(stamp)}\n`);
  await putInPlace();
  return bundled;
}

function isBuilt(file) {
  return !file.endsWith('.test.ts');
}

async function stampOf(folder) {
  return readFile(path.join(folder, STAMP), 'utf8').then(JSON.parse).catch(() => undefined);
}

async function compile(check) {
  const tsc = path.join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const command = [process.execPath, tsc, '-p', 'tsconfig.build.json', '--outDir', NEXT, ...(check === 'none' ? ['--noCheck'] : [])];
  try {
    await runProgram(command, { cwd: ROOT, timeoutMs: COMPILE_TIMEOUT_MS });
  } catch (error) {
    throw new Error(`the sources do not compile\n${error.output || error.message}`, { cause: error });
  }
}

async function bundleWorkflows(say, unchanged) {
  const previous = path.join(DIST, BUNDLE);
  if (unchanged && (await exists(previous))) {
    await cp(previous, path.join(NEXT, BUNDLE));
    return 'compiled';
  }
  say('bundling the workflows');
  const { bundleWorkflowCode } = createRequire(import.meta.url)('@temporalio/worker');
  const { code } = await bundleWorkflowCode({ workflowsPath: path.join(NEXT, 'src', 'workflows', 'index.js'), logger: quietLogger() });
  await writeFile(path.join(NEXT, BUNDLE), code);
  return 'compiled, workflows bundled';
}

/** The bundler reports its size and time at `info`; a wrong import is thrown, not logged. */
function quietLogger() {
  const print = (message) => process.stderr.write(`${message}\n`);
  const ignore = () => {};
  return { trace: ignore, debug: ignore, info: ignore, warn: print, error: print, log: (level, message) => (level === 'WARN' || level === 'ERROR' ? print(message) : undefined) };
}

async function putInPlace() {
  await rm(OLD, { recursive: true, force: true });
  if (await exists(DIST)) await rename(DIST, OLD);
  await rename(NEXT, DIST);
  await rm(OLD, { recursive: true, force: true });
}

async function exists(file) {
  return stat(file).then(() => true, () => false);
}

if (isMain(import.meta.url)) {
  const check = process.argv.includes('--no-check') ? 'none' : 'types';
  try {
    const done = await withSetupLock(() => buildAll((line) => process.stderr.write(`  build: ${line}\n`), { check }));
    process.stderr.write(`  build: ${done ?? 'up to date'}\n`);
  } catch (error) {
    process.stderr.write(`The build failed: ${error.message}\n`);
    process.exit(1);
  }
}
