import { buildAll } from './build.mjs';
import { ROOT, isMain } from './parts/checkout.mjs';
import { installDependencies } from './parts/dependencies.mjs';
import { withSetupLock } from './parts/folder-lock.mjs';
import { createProgress } from './parts/progress.mjs';
import { provideTemporalCli } from './parts/temporal-cli.mjs';

const LEAST_NODE = [20, 19];

/**
 * Does what a fresh clone lacks and nothing else: a second call takes a fraction of a second. Safe to call from several processes at once.
 * @throws Error whose message is meant for the user
 */
export async function setUp() {
  checkNode();
  const progress = createProgress();
  await withSetupLock(() =>
    progress.steps('set-up', [
      { name: 'packages', run: installDependencies },
      { name: 'Temporal', run: provideTemporalCli },
      { name: 'build', run: buildAll },
    ]),
  );
}

/** Ends the program with a message instead of a stack trace: what fails here is for the user to mend. */
export async function setUpOrExit() {
  try {
    await setUp();
  } catch (error) {
    process.stderr.write(`\nThe set-up failed: ${error.message}\n`);
    process.exit(1);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  if (!enough) throw new Error(`Node ${process.versions.node} is too old: ${LEAST_NODE.join('.')} or newer is needed.`);
}

if (isMain(import.meta.url)) {
  process.chdir(ROOT);
  await setUpOrExit();
}
