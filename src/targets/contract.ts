import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LaunchRequest, Target, TargetInstance } from './target.js';

export interface TargetScene {
  readonly target: Target;
  /** Whether the instance runs, asked of the instance itself; absent where that cannot be seen. */
  runs?(instance: TargetInstance): Promise<boolean>;
  close(): Promise<void>;
}

export const EXAMPLE_LAUNCH: LaunchRequest = {
  service: 'checkout', environment: 'production', slot: 'green', with: { job: 'checkout' },
  deployment: '01JAAAAAAAAAAAAAAAAAAAAAAA', version: 'v2', instances: 2,
};

const LATER = '01JBBBBBBBBBBBBBBBBBBBBBBB';

/** What every target promises. `managed`: it starts and stops instances; `fixed`: they are only named. */
export function targetContract(name: string, kind: 'managed' | 'fixed', arrange: () => Promise<TargetScene>): void {
  describe(`${name} keeps the promises of a target`, () => {
    let scene: TargetScene;
    beforeEach(async () => {
      scene = await arrange();
    });
    afterEach(() => scene.close());

    it('launches as many instances as asked for, marked with deployment and version', async () => {
      const instances = await scene.target.launch(EXAMPLE_LAUNCH);
      expect(instances).toHaveLength(2);
      expect(new Set(instances.map((instance) => instance.id)).size).toBe(2);
      for (const instance of instances) {
        expect(instance).toMatchObject({ deployment: EXAMPLE_LAUNCH.deployment, version: 'v2', address: expect.stringMatching(/^[\d.]+:\d+$/) });
      }
    });

    it('leaves what it launched alone when asked again', async () => {
      const first = await scene.target.launch(EXAMPLE_LAUNCH);
      const second = await scene.target.launch(EXAMPLE_LAUNCH);
      expect(addresses(second)).toEqual(addresses(first));
    });

    it('launches once when asked twice at the same time', async () => {
      const [first, second] = await Promise.all([scene.target.launch(EXAMPLE_LAUNCH), scene.target.launch(EXAMPLE_LAUNCH)]);
      expect(addresses(second)).toEqual(addresses(first));
    });

    it('says in its status what it launched', async () => {
      const launched = await scene.target.launch(EXAMPLE_LAUNCH);
      const { deployment, version } = EXAMPLE_LAUNCH;
      const status = await scene.target.status({ ...EXAMPLE_LAUNCH, expected: { deployment, version } });
      expect(addresses(status)).toEqual(addresses(launched));
      expect(status.map((instance) => instance.deployment)).toEqual([deployment, deployment]);
    });

    it('retires what is not there by doing nothing', async () => {
      const instances = [{ id: 'gone', deployment: EXAMPLE_LAUNCH.deployment }];
      await expect(scene.target.retire({ ...EXAMPLE_LAUNCH, instances })).resolves.toBeUndefined();
      await expect(scene.target.retire({ ...EXAMPLE_LAUNCH, instances: [] })).resolves.toBeUndefined();
    });

    it('rejects with the reason when it is aborted', async () => {
      const reason = new Error('no longer wanted');
      await expect(scene.target.launch(EXAMPLE_LAUNCH, AbortSignal.abort(reason))).rejects.toBe(reason);
    });

    if (kind === 'fixed') return;

    it('keeps the slots and environments apart', async () => {
      await scene.target.launch(EXAMPLE_LAUNCH);
      expect(await scene.target.status({ ...EXAMPLE_LAUNCH, slot: 'blue' })).toEqual([]);
      expect(await scene.target.status({ ...EXAMPLE_LAUNCH, environment: 'staging' })).toEqual([]);
    });

    it('retires only the slot it is asked for', async () => {
      const kept = await scene.target.launch({ ...EXAMPLE_LAUNCH, slot: 'blue', deployment: '01JBBBBBBBBBBBBBBBBBBBBBBB' });
      const gone = await scene.target.launch(EXAMPLE_LAUNCH);
      await scene.target.retire({ ...EXAMPLE_LAUNCH, instances: gone });
      expect(await scene.target.status(EXAMPLE_LAUNCH)).toEqual([]);
      expect(addresses(await scene.target.status({ ...EXAMPLE_LAUNCH, slot: 'blue' }))).toEqual(addresses(kept));
      if (!scene.runs) return;
      expect(await Promise.all(gone.map(scene.runs))).toEqual([false, false]);
      expect(await Promise.all(kept.map(scene.runs))).toEqual([true, true]);
    });

    it('retires only the instances it is given, each by its id and deployment', async () => {
      const earlier = await scene.target.launch(EXAMPLE_LAUNCH);
      const later = await scene.target.launch({ ...EXAMPLE_LAUNCH, deployment: LATER, version: 'v3' });
      const [first] = earlier;
      const alike = later.map(({ id }) => ({ id, deployment: EXAMPLE_LAUNCH.deployment }));
      await scene.target.retire({ ...EXAMPLE_LAUNCH, instances: first ? [first, ...alike] : alike });
      const ids = (instances: readonly TargetInstance[]): string[] => instances.map(({ id }) => id).sort();
      expect(ids(await scene.target.status(EXAMPLE_LAUNCH))).toEqual(ids([...earlier.slice(1), ...later]));
      if (scene.runs) expect(await Promise.all([...earlier, ...later].map(scene.runs))).toEqual([false, true, true, true]);
    });

    it('launches anew after it retired', async () => {
      const instances = await scene.target.launch(EXAMPLE_LAUNCH);
      await scene.target.retire({ ...EXAMPLE_LAUNCH, instances });
      expect(await scene.target.launch(EXAMPLE_LAUNCH)).toHaveLength(2);
    });
  });
}

function addresses(instances: readonly TargetInstance[]): string[] {
  return instances.map((instance) => instance.address).sort();
}
