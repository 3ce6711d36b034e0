import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import { converse } from '../../src/routers/haproxy/admin-connection.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { type HaproxyFixture, type RunningHaproxy, startHaproxy } from '../support/haproxy.js';
import { whenInstalled } from '../support/programs.js';
import { type Home, openHome } from '../support/stack/home.js';
import { type NoticeReceiver, startNoticeReceiver } from '../support/stack/notice-receiver.js';
import { type SlipwayStack, startSlipway } from '../support/stack/slipway-stack.js';
import { storefront } from '../support/stack/storefront-definition.js';
import { startTemporalServer, type TemporalServer } from '../support/temporal-server.js';
import { until } from '../support/until.js';

const BACKEND = 'storefront-test';
const WORKFLOW_ID = 'deploy/test/storefront';
/** What the issue promises; asserted with room for a busy machine. */
const SOON_MS = 20_000;

const viewAnswer = z.object({ drift: z.array(z.object({ kind: z.string(), routerInstance: z.string().nullable(), outcome: z.string(), until: z.string().nullable() })) });
type Drift = z.output<typeof viewAnswer>['drift'][number];

whenInstalled(['haproxy', 'env'], () => {
  describe('between deployments, with a real HAProxy', () => {
    const undo: (() => Promise<unknown>)[] = [];
    let haproxy: HaproxyFixture;
    let edge: RunningHaproxy;
    let temporal: TemporalServer;
    let slipway: SlipwayStack;
    let receiver: NoticeReceiver;
    let stable: string;

    beforeAll(async () => {
      const opened = <T>(resource: T, close: (resource: T) => Promise<unknown>): T => (undo.push(() => close(resource)), resource);
      const home = opened(await openHome(), (each: Home) => each.close());
      const database = opened(await createTestDatabase(), (each: TestDatabase) => each.drop());
      temporal = opened(await startTemporalServer(), (each) => each.kill());
      haproxy = opened(await startHaproxy({ backend: BACKEND, instances: 1 }), (each) => each.stop());
      receiver = opened(await startNoticeReceiver(), (each) => each.close());
      const [first] = haproxy.instances;
      if (!first) throw new Error('no HAProxy was started');
      edge = first;
      const instances = { a: { socket: edge.admin, maps: edge.mapFolder, stateFile: edge.stateFile } };
      slipway = opened(await startSlipway({ home, temporal, database, routers: { edge: { haproxy: { instances } } } }), (each) => each.close());
      const notify = { people: { webhook: { url: receiver.url }, on: ['drift', 'drift-over', 'stable-down', 'lost'] } };
      await slipway.api.put('storefront', storefront({ backend: BACKEND, instances: 2, steps: [{ traffic: '20%', bake: '10m' }], data: { notify, alternatives: { quick: { blueGreen: {} } } } }));
      stable = await slipway.api.deploy({ service: 'storefront', environment: 'test', version: 'v1', strategy: 'quick' });
      expect(await slipway.api.ended(stable)).toMatchObject({ phase: 'succeeded' });
      // The keeper has looked since, and so knows what was left registered.
      const began = Date.now();
      expect(await until(() => lookedSince(began), SOON_MS)).toBe(true);
    }, 120_000);
    afterAll(async () => {
      for (const step of undo.toReversed()) await step();
    }, 60_000);

    const status = async (): Promise<number> => fetch(`http://127.0.0.1:${edge.port}/`, { signal: AbortSignal.timeout(5_000) }).then((answer) => answer.status, () => 0);
    const view = async () => (await slipway.api.ask('GET', '/services/storefront/environments/test')).body;
    const drifts = async (): Promise<readonly Drift[]> => viewAnswer.parse(await view()).drift;
    const lookedSince = async (began: number): Promise<boolean> => {
      const looked = z.object({ keeper: z.object({ ageMs: z.number() }).nullable() }).parse(await view()).keeper;
      return looked !== null && looked.ageMs < Date.now() - began;
    };
    const admin = (command: string): Promise<string> => converse({ socket: edge.admin }, { connectTimeoutMs: 1_000, conversationTimeoutMs: 2_000 }, (ask) => ask(command));
    const notices = (kind: string): number => receiver.notices.filter((notice) => notice.kind === kind).length;
    const loseEverything = async (): Promise<void> => {
      await edge.kill();
      await edge.loseFiles();
      await edge.start();
      expect(await status()).toBe(503);
    };

    it('what a restart without files lost serves again by itself, and people are told', async () => {
      expect(await status()).toBe(200);
      await loseEverything();
      expect(await until(async () => (await status()) === 200, SOON_MS)).toBe(true);
      expect(await until(async () => (await drifts()).some((drift) => drift.kind === 'absent' && drift.outcome === 'restored'), SOON_MS)).toBe(true);
      expect(await until(async () => notices('drift') === 1 && notices('drift-over') === 1, SOON_MS)).toBe(true);
      expect((await slipway.api.eventKinds(stable)).filter((kind) => kind.startsWith('drift'))).toEqual(['drift-found', 'drift-over']);
    }, 60_000);

    it('what a person wrote into the map is told, and left as it is', async () => {
      const map = `${edge.mapFolder}/${BACKEND}.map`;
      const entry = /green:settled\S*|blue:settled\S*/.exec(await admin(`show map ${map}`))?.[0] ?? '';
      const other = entry.startsWith('blue') ? entry.replace('blue', 'green') : entry.replace('green', 'blue');
      await admin(`set map ${map} ${BACKEND} ${other}`);
      expect(await until(async () => (await drifts()).some((drift) => drift.kind === 'differs' && drift.until === null && drift.outcome === 'reported'), SOON_MS)).toBe(true);
      const began = Date.now();
      expect(await until(() => lookedSince(began), SOON_MS)).toBe(true);
      expect(await admin(`show map ${map}`)).toContain(other);
      expect(notices('drift')).toBe(2);
      await admin(`set map ${map} ${BACKEND} ${entry}`);
      expect(await until(async () => (await drifts()).every((drift) => drift.until !== null), SOON_MS)).toBe(true);
    }, 60_000);

    it('another worker goes on when the one that looked has died', async () => {
      await slipway.startWorker();
      await slipway.worker.end('SIGKILL');
      await loseEverything();
      expect(await until(async () => (await status()) === 200, 2 * SOON_MS)).toBe(true);
    }, 90_000);

    it('a run that was terminated is ended as lost within seconds, and not shown as live until then', async () => {
      const id = await slipway.api.deploy({ service: 'storefront', environment: 'test', version: 'v2' });
      await slipway.api.when(id, ({ phase }) => phase === 'progressing');
      const connection = await Connection.connect({ address: temporal.address });
      await new Client({ connection }).workflow.getHandle(WORKFLOW_ID).terminate('by a test');
      await connection.close();
      expect((await slipway.api.deployment(id)).source).toBe('record');
      expect(await until(async () => (await slipway.api.deployment(id)).phase === 'lost', SOON_MS)).toBe(true);
      expect(await until(async () => notices('lost') === 1, SOON_MS)).toBe(true);
      // What the run left is nobody's by now: it is told, and left to people or the next deployment.
      expect(await until(async () => (await drifts()).some((drift) => drift.kind === 'differs' && drift.until === null), SOON_MS)).toBe(true);
    }, 90_000);
  });
});
