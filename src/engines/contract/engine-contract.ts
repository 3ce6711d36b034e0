import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeDamage } from './damage.js';
import { describeFetching } from './fetching.js';
import { describeLettingGo } from './letting-go.js';
import { type EngineScene, type EngineSubject, IGNORED, type SceneHolder, soon, aRequest, aStream, store } from './scene.js';
import { describeStoring } from './storing.js';

export type { DamageKind, EngineSubject } from './scene.js';

const TEST_WITHIN_MS = 60_000;

/** What every engine promises. `make` gives a fresh, prepared repository for each test. */
export function engineContract(subject: EngineSubject): void {
  describe(`${subject.name} keeps the promises of an engine`, () => {
    let current: (EngineScene & { readonly folder: string }) | undefined;
    const scene: SceneHolder = () => {
      if (!current) throw new Error('The scene is set before each test.');
      return current;
    };
    beforeEach(async () => {
      current = { ...(await subject.make()), folder: await mkdtemp(join(tmpdir(), 'slipway-engine-')) };
    }, TEST_WITHIN_MS);
    afterEach(async () => {
      const { close, folder } = scene();
      await close();
      await rm(folder, { recursive: true, force: true });
    }, TEST_WITHIN_MS);

    it('prepares a repository that is there by doing nothing', async () => {
      const { engine } = scene();
      const { snapshot, manifest } = await store(engine, aStream('console.log("one")'));
      await engine.prepare(soon());
      expect(await engine.verify(snapshot, manifest, IGNORED, soon())).toEqual([]);
    }, TEST_WITHIN_MS);

    it('names another password or key by code', async () => {
      const { engine, stranger } = scene();
      const { snapshot, manifest } = await store(engine, aStream('console.log("one")'));
      await expect(stranger.verify(snapshot, manifest, IGNORED, soon())).rejects.toMatchObject({ code: 'REPOSITORY_PASSWORD_WRONG' });
    }, TEST_WITHIN_MS);

    it('names a repository that is away by code', async () => {
      await expect(scene().away.prepare(soon())).rejects.toMatchObject({ code: 'REPOSITORY_UNREACHABLE' });
    }, TEST_WITHIN_MS);

    it('rejects with the reason when it is aborted before it began', async () => {
      const reason = new Error('no longer wanted');
      await expect(scene().engine.store(aRequest(aStream('')), IGNORED, AbortSignal.abort(reason))).rejects.toBe(reason);
    }, TEST_WITHIN_MS);

    describeStoring(scene, TEST_WITHIN_MS);
    describeDamage(scene, subject.damages, TEST_WITHIN_MS);
    describeFetching(scene, TEST_WITHIN_MS);
    describeLettingGo(scene, TEST_WITHIN_MS);
  });
}
