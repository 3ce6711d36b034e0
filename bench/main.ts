import { spawnSync } from 'node:child_process';
import { messageOf } from '../src/domain/errors.js';
import { parseArguments, USAGE } from './arguments.js';
import type { Benchmark, Figure, Measured } from './benchmark.js';
import { BENCHMARKS } from './benchmarks.js';
import { machine, versions } from './machine.js';
import { writePage } from './page.js';
import { createProgress } from './progress.js';
import { merged, readResults, writeResults } from './results.js';
import { quietRuntime } from './rig/workers.js';
import { openRoom, type OwnedRoom } from './room.js';
import { rounded } from './samples.js';
import { detailLine, figureRow, HEAD } from './table.js';

const IDS = BENCHMARKS.flatMap(({ ids }) => ids);
const progress = createProgress(process.stdout);
let room: OwnedRoom | undefined;

/** Everything asked for, one after the other: nothing is measured while something else runs. */
async function measureAll(only: readonly string[]): Promise<void> {
  quietRuntime();
  progress.line(HEAD);
  const asked = BENCHMARKS.filter(({ ids }) => only.length === 0 || ids.some((id) => only.includes(id)));
  for (const benchmark of asked) {
    const figures = await measured(benchmark);
    if (figures.length === 0) continue;
    // Written at once: a run that is broken off keeps what it has.
    await writeResults(merged(await readResults(), { machine: machine(), versions: await versions(), figures }, IDS));
  }
  await writePage();
}

async function measured(benchmark: Benchmark): Promise<readonly Figure[]> {
  const missing = benchmark.needs.filter((program) => spawnSync('/bin/sh', ['-c', 'command -v "$0"', program], { stdio: 'ignore' }).status !== 0);
  if (missing.length > 0) return notMeasured(benchmark, `needs ${missing.join(', ')}, which is not installed`);
  const began = performance.now();
  room = await openRoom((text) => progress.now(`${benchmark.ids[0] ?? ''}: ${text}`));
  try {
    const figures = (await benchmark.run(room)).map((each) => figureOf(each, benchmark));
    for (const figure of figures) for (const line of [figureRow(figure), detailLine(figure)]) if (line !== undefined) progress.line(line);
    return figures;
  } catch (error) {
    process.exitCode = 1;
    return notMeasured(benchmark, messageOf(error));
  } finally {
    progress.now('ending what was started');
    await room.end();
    progress.line(`    took ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  }
}

function figureOf({ value, baseline, detail, ...rest }: Measured, { ids }: Benchmark): Figure {
  return {
    ...rest, value: rounded(value),
    ...(baseline !== undefined && { baseline: rounded(baseline) }),
    ...(baseline !== undefined && baseline > 0 && { ratio: rounded(value / baseline) }),
    ...(detail && { detail: Object.fromEntries(Object.entries(detail).map(([name, each]) => [name, rounded(each)])) }),
    command: `npm run bench -- --only ${ids.join(',')}`,
  };
}

function notMeasured({ ids }: Benchmark, reason: string): readonly Figure[] {
  for (const id of ids) progress.line(`${id}  not measured: ${reason}`);
  return [];
}

async function main(): Promise<void> {
  const args = parseArguments(process.argv.slice(2), IDS);
  if (args.do === 'help') progress.line(USAGE);
  else if (args.do === 'page') await writePage();
  else await measureAll(args.only);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void (room?.end() ?? Promise.resolve()).finally(() => process.exit(1)));
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\n${messageOf(error)}\n`);
  process.exitCode = 1;
}
process.exit();
