import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './parts/checkout.mjs';
import { closingLine, countOf, isGood } from './parts/test-count.mjs';
import { setUpOrExit } from './setup.mjs';

const BIN = path.join(ROOT, 'node_modules', '.bin');
const RESULTS = path.join(ROOT, '.slipway', `test-results.${process.pid}.json`);

const CHECKS = [
  { name: 'types', command: [path.join(BIN, 'tsc'), '--noEmit'] },
  { name: 'lint', command: [path.join(BIN, 'oxlint'), '--type-aware', '--deny-warnings'] },
  { name: 'unused', command: [path.join(BIN, 'knip')] },
];

await setUpOrExit();
const checks = [];
for (const check of CHECKS) checks.push(await runCheck(check));
const count = countOf(checks, await runJest(process.argv.slice(2)));
process.stdout.write(`${closingLine(count)}\n`);
process.exitCode = isGood(count, { ci: process.env.CI === 'true' }) ? 0 : 1;

async function runCheck({ name, command }) {
  const startedMs = Date.now();
  const passed = (await run(command, process.env)) === 0;
  process.stdout.write(`${passed ? 'PASS' : 'FAIL'} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)\n`);
  return { name, passed };
}

/** Answers jest's own summary; undefined when it never came to write one. */
async function runJest(args) {
  await mkdir(path.dirname(RESULTS), { recursive: true });
  const command = [process.execPath, '--experimental-vm-modules', '--no-warnings', path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js'), '--json', `--outputFile=${RESULTS}`, ...args];
  // With --json jest prints the summary on standard output: it goes to the file only.
  const exitCode = await run(command, process.env, ['inherit', 'ignore', 'inherit']);
  const results = await readFile(RESULTS, 'utf8').then(JSON.parse, () => undefined);
  await rm(RESULTS, { force: true });
  return results && { ...results, exitCode };
}

function run([file, ...args], env, stdio = 'inherit') {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: ROOT, env, stdio });
    child.on('error', (error) => { process.stderr.write(`${file}: ${error.message}\n`); resolve(127); });
    child.on('close', (code) => resolve(code ?? 1));
  });
}
