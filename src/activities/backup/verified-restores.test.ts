import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ArchiveScene, archiveScene } from '../../../test/support/archive-scene.js';
import { freePrograms } from '../../../test/support/free-programs.js';
import { oddTree, plant } from '../../../test/support/odd-trees.js';
import { compareFingerprints } from '../../domain/backup/compare-fingerprints.js';
import { demandedManifest } from '../../domain/backup/demanded-manifest.js';
import type { Manifest } from '../../domain/backup/manifest.js';
import type { Captured, SourceContext } from '../../sources/source.js';
import { readTree } from '../../sources/directory/read-tree.js';
import { createDirectorySource } from '../../sources/directory/directory-source.js';

const NEAR_NS = 5_000;
const context: SourceContext = { run: '01JAAAAAAAAAAAAAAAAAAAAAAA', signal: new AbortController().signal, stillOurs: async () => undefined, progress: () => undefined };

let archive: ArchiveScene;
let around: string;
beforeEach(async () => {
  archive = await archiveScene();
  around = await mkdtemp(join(tmpdir(), 'slipway-odd-'));
});
afterEach(async () => {
  await archive.close();
  await rm(around, { recursive: true, force: true });
});

it('proves every folder equal that was verified, whatever is in it', async () => {
  let trees = 0;
  await fc.assert(fc.asyncProperty(oddTree(), async (tree) => {
    trees += 1;
    const path = join(around, `live-${trees}`);
    await plant(path, tree);
    const source = createDirectorySource({ name: 'odd', path, programs: freePrograms() });
    const { snapshot, recorded } = await source.capture(context, async (captured) => {
      const stored = await archive.store(captured.content, { backup: `B${trees}` });
      await captured.unchanged();
      return { snapshot: stored.snapshot, recorded: captured };
    });
    expect(await archive.verify(snapshot, demandedManifest(manifestOf(recorded), recorded.fingerprint))).toEqual([]);
    await source.fillCopy(context, async (folder) => void (await archive.fetch(snapshot, folder)));
    expect(compareFingerprints(recorded.fingerprint, await source.fingerprint('copy', context))).toEqual([]);
    const copy = await readTree(join(around, `.live-${trees}.copy-${context.run}`), context);
    expect(farFrom(manifestOf(recorded), copy.manifest)).toEqual([]);
    await rm(around, { recursive: true });
  }), { numRuns: 15 });
}, 60_000);

/** Which entries came back with another time, beyond what a number of 53 bits and a call that knows microseconds can hold. */
function farFrom(recorded: Manifest, found: Manifest): string[] {
  return Object.entries(recorded.files).filter(([path, { modifiedNs = '' }]) => Math.abs(Number(BigInt(modifiedNs) - BigInt(found.files[path]?.modifiedNs ?? '0'))) > NEAR_NS).map(([path]) => path);
}

function manifestOf({ content }: Captured) {
  if (content.kind !== 'tree') throw new Error('A folder is a tree.');
  return content.manifest;
}
