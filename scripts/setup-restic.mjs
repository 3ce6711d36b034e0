import { createProgress } from './parts/progress.mjs';
import { withSetupLock } from './parts/folder-lock.mjs';
import { provideRestic } from './parts/restic.mjs';

// Not a part of the set-up: backups work without it, by the engine `archive`. The tests of the engine `restic` want it.
try {
  const run = async (say) => {
    const { file, version, source } = await provideRestic(say);
    process.stdout.write(`restic ${String(version)}, ${String(source)}: ${String(file)}\n`);
    return version;
  };
  await withSetupLock(() => createProgress().steps('set-up', [{ name: 'restic', run }]));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
