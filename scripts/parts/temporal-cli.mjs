import { mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TEMPORAL_CLI, TOOLS } from './checkout.mjs';
import { runProgram } from './run-program.mjs';
import { SOURCES } from './temporal-sources.mjs';

/** The oldest server whose dev server hands a cancel to a running activity at once. */
const MIN_SERVER = [1, 32, 0];
const RECORD = path.join(TOOLS, 'temporal.json');

/**
 * Makes `.slipway/tools/temporal` a Temporal CLI that is new enough, from the best source there is.
 * @throws when none works: the message lists each source with its reason and what the user can do
 */
export async function provideTemporalCli(say) {
  if (await isStillTheSame()) return undefined;
  const reasons = [];
  for (const { name, find } of SOURCES) {
    try {
      const file = await realpath(await find(say));
      const version = await versionOf(file);
      await adopt(file, name, version);
      return `${version}, ${name}`;
    } catch (error) {
      reasons.push(`  ${name}: ${error.code === 'ENOENT' ? 'is not there' : error.message}`);
    }
  }
  throw new Error(`No Temporal CLI could be had:\n${reasons.join('\n')}\nInstall it (https://docs.temporal.io/cli) so that \`temporal\` is on PATH, or set SLIPWAY_TEMPORAL_CLI to its path.`);
}

/** Running it to ask takes longer than the rest of the set-up: an unchanged file of an unchanged choice is believed. */
async function isStillTheSame() {
  try {
    const record = JSON.parse(await readFile(RECORD, 'utf8'));
    const { size, mtimeMs } = await stat(TEMPORAL_CLI);
    return record.size === size && record.mtimeMs === mtimeMs && record.asked === (process.env.SLIPWAY_TEMPORAL_CLI ?? null);
  } catch {
    return false;
  }
}

async function versionOf(file) {
  const output = (await runProgram([file, '--version'], { timeoutMs: 20_000 })).trim();
  const server = /Server (\d+)\.(\d+)\.(\d+)/.exec(output)?.slice(1).map(Number);
  if (server === undefined) throw new Error(`does not say its version: ${output.slice(0, 80)}`);
  if (isOlder(server, MIN_SERVER)) throw new Error(`brings server ${server.join('.')}, at least ${MIN_SERVER.join('.')} is needed`);
  return `dev server ${server.join('.')}`;
}

function isOlder(version, least) {
  const differing = version.findIndex((part, index) => part !== least[index]);
  return differing !== -1 && version[differing] < least[differing];
}

async function adopt(file, source, version) {
  await mkdir(TOOLS, { recursive: true });
  if (file !== (await realpath(TEMPORAL_CLI).catch(() => undefined))) {
    const next = `${TEMPORAL_CLI}.${process.pid}`;
    await rm(next, { force: true });
    await symlink(path.relative(TOOLS, file), next);
    await rename(next, TEMPORAL_CLI);
  }
  const { size, mtimeMs } = await stat(file);
  await writeFile(RECORD, `${JSON.stringify({ source, version, size, mtimeMs, asked: process.env.SLIPWAY_TEMPORAL_CLI ?? null }, null, 2)}\n`);
}
