import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { prepareRepository } from '../prepared-repository.js';
import { until } from '../until.js';

/** Commands of restic that a test slows down or holds. */
export type ResticStep = 'backup' | 'dump' | 'restore' | 'forget' | 'prune' | 'check' | 'cat';

/** Real restic, at a pace and with pauses that a test chooses. */
export interface PacedRestic {
  /** The program for the operator's file. */
  readonly program: string;
  readonly repository: string;
  /** From now on this command moves so many KiB a second. */
  slow(step: ResticStep, kibPerSecond: number): Promise<void>;
  /** From now on this command does its work and does not end. */
  holdAfter(step: ResticStep): Promise<void>;
  /** Waits until this command has done its work and is held. */
  held(step: ResticStep): Promise<void>;
  /** Waits until this command was started, and its lock lies in the repository. */
  locked(step: ResticStep): Promise<void>;
  /** Names of the locks in the repository. */
  locks(): Promise<readonly string[]>;
  /** All go at their own pace again, those that are held too. */
  release(): Promise<void>;
  /** How often this command was started. */
  calls(step: ResticStep): Promise<number>;
}

const SCRIPT = `#!/bin/sh
here=\${0%/*}
step=none
for word in "$@"; do
  case $word in backup|dump|restore|forget|prune|check|cat|init|ls|snapshots|find|unlock|list|version) step=$word; break;; esac
done
echo "$step" >> "$here/calls"
if [ -e "$here/slow-$step" ]; then
  pace=$(cat "$here/slow-$step")
  set -- --limit-upload "$pace" --limit-download "$pace" "$@"
fi
[ -e "$here/hold-$step" ] || exec RESTIC "$@"
RESTIC "$@"
code=$?
: > "$here/held-$step"
while [ -e "$here/hold-$step" ]; do sleep 0.05; done
exit $code
`;

/** @param folder which is made: for the program, its repository and what steers it */
export async function createPacedRestic(folder: string, restic: string): Promise<PacedRestic> {
  const [program, repository] = [join(folder, 'restic'), join(folder, 'repository')];
  await mkdir(folder, { recursive: true });
  await prepareRepository(repository);
  await writeFile(program, SCRIPT.replaceAll('RESTIC', `"${restic}"`));
  await chmod(program, 0o755);
  const calls = async (step: ResticStep): Promise<number> => (await readFile(join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').filter((line) => line === step).length;
  // Half a file that a killed restic left is none: restic passes it over, and so do we.
  const locks = async (): Promise<readonly string[]> => (await readdir(join(repository, 'locks'))).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const expect = async (what: string, condition: () => Promise<boolean>): Promise<void> => {
    if (!(await until(condition, 60_000))) throw new Error(`${what} in ${folder}: never`);
  };
  return {
    program, repository, calls, locks,
    slow: (step, kibPerSecond) => writeFile(join(folder, `slow-${step}`), String(kibPerSecond)),
    holdAfter: (step) => writeFile(join(folder, `hold-${step}`), ''),
    held: (step) => expect(`${step} is held`, async () => (await readdir(folder)).includes(`held-${step}`)),
    async locked(step) {
      await expect(`${step} was started`, async () => (await calls(step)) > 0);
      await expect(`${step} has a lock`, async () => (await locks()).length > 0);
    },
    async release() {
      const steering = (await readdir(folder)).filter((name) => /^(slow|hold|held)-/.test(name));
      await Promise.all(steering.map((name) => rm(join(folder, name), { force: true })));
    },
  };
}
