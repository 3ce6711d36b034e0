import type { Damage } from '../../domain/backup/manifest.js';
import { faultBeside, failureOf } from './restic-failure.js';
import { complaints, parseFound, parseMessage } from './restic-output.js';
import type { ResticProgram } from './restic-program.js';

type Found = Damage & { readonly snapshots: readonly string[] };

/** restic's advice after its findings, and the sum of them, are no findings. */
const ADVICE = /^(?:The repository contains|restic repair|Damaged pack files can|repository contains errors|Fatal|The repository index|This can be|You can)/;
const LIMIT = 50;

/** Reads the whole repository, and asks which snapshots need what is broken. */
export async function checkRepository(restic: ResticProgram, signal: AbortSignal): Promise<readonly Found[]> {
  const run = await restic.run({ args: ['check', '--read-data'], length: 'long', signal, cache: 'none' });
  if (run.exitCode === 0) return [];
  if (faultBeside(run)) throw failureOf('The repository could not be checked', run, run.redact);
  const summary = run.stdout.split('\n').map(parseMessage).find((message) => message?.message_type === 'summary');
  if (!summary) throw failureOf('The repository could not be checked', run, run.redact);
  const packs = summary.message_type === 'summary' ? (summary.broken_packs ?? []) : [];
  const found: Found[] = [];
  for (const pack of packs.slice(0, LIMIT)) found.push(...(await hitBy(restic, pack, signal)));
  const said = complaints(run.stderr).filter((line) => !ADVICE.test(line) && !packs.some((pack) => line.includes(pack)));
  return [...found, ...said.map((text) => ({ file: null, text: run.redact(text), snapshots: [] }))].slice(0, LIMIT);
}

/** Which files of which snapshots have something in the pack: known from the index, also where the pack itself is gone. */
async function hitBy(restic: ResticProgram, pack: string, signal: AbortSignal): Promise<Found[]> {
  const run = await restic.run({ args: ['find', '--pack', '--', pack], length: 'long', signal });
  const hits = run.exitCode === 0 ? parseFound(run.stdout) : [];
  if (hits.length === 0) return [{ file: null, text: `The pack ${pack.slice(0, 8)} is broken.`, snapshots: [] }];
  const files = [...new Set(hits.map(({ path }) => path.replace(/^\//, '')))];
  return files.map((file) => ({
    file: file === '' ? null : file, text: `The pack ${pack.slice(0, 8)} is broken, which ${file === '' ? 'a folder' : file} needs.`,
    snapshots: [...new Set(hits.filter(({ path }) => path.replace(/^\//, '') === file).map(({ snapshot }) => snapshot))],
  }));
}
