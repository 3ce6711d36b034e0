import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../../../test/support/stack/program.js';
import { createPrograms } from '../../programs/programs.js';
import { type DamageKind, engineContract } from '../contract/engine-contract.js';
import { createArchiveEngine } from './archive-engine.js';
import { filesOf } from './format/layout.js';
import { newIdentity } from './new-identity.js';

const programs = createPrograms({ guardian: { watch: () => undefined, release: () => undefined }, graceMs: 1_000, env: { PATH: process.env['PATH'] } });
const program = [process.execPath, built('engines/archive/program.js')];

engineContract({
  name: 'archive', damages: ['flipped', 'truncated', 'deleted'],
  async make() {
    const root = await mkdtemp(join(tmpdir(), 'slipway-archive-contract-'));
    const folder = join(root, 'repository');
    const [identity, another] = [await newIdentity(), await newIdentity()];
    const engine = (at: string, key: string) => createArchiveEngine({ name: 'vault', folder: at, identity: () => Promise.resolve(key), programs, program });
    await engine(folder, identity).prepare(AbortSignal.timeout(60_000));
    return {
      engine: engine(folder, identity),
      stranger: engine(folder, another),
      away: engine(join(root, 'not mounted', 'repository'), identity),
      damage: (kind, snapshot) => damageBackup(folder, snapshot, kind),
      close: () => rm(root, { recursive: true, force: true }),
    };
  },
});

async function damageBackup(folder: string, snapshot: string, kind: DamageKind): Promise<void> {
  const { archive } = filesOf(folder, snapshot);
  if (kind === 'deleted') return rm(archive);
  const { size } = await stat(archive);
  if (kind === 'truncated') return truncate(archive, Math.floor(size / 2));
  const bytes = await readFile(archive);
  const middle = Math.floor(size / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(archive, bytes);
}
