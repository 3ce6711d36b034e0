import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { HISTORY_CASES } from '../support/histories/cases.js';

const HISTORIES = fileURLToPath(new URL('../histories', import.meta.url));
const FILES = readdirSync(HISTORIES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json')).toSorted();

describe('the workflows of this release', () => {
  beforeAll(() => {
    Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
  });

  it.each(FILES)('replay %s', async (file) => {
    await replay(textOf(file));
  }, 30_000);

  it('do not replay a history in which another step came next', async () => {
    const text = textOf(FILES.find((file) => file.endsWith('canary-succeeded.json')) ?? '');
    const other = text.replace('"activityType":{"name":"launch"}', '"activityType":{"name":"verify"}');
    expect(other).not.toBe(text);
    await expect(replay(other)).rejects.toBeInstanceOf(DeterminismViolationError);
  }, 30_000);

  it('have a recorded history of each of their main paths', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(FILES.filter((file) => file.startsWith(`${version}/`))).toEqual(Object.keys(HISTORY_CASES).map((name) => `${version}/${name}.json`).toSorted());
  });
});

describe('a history as JSON', () => {
  it('is read by the same copy of protobufjs that wrote the messages down', () => {
    const own = createRequire(import.meta.url);
    const common = createRequire(own.resolve('@temporalio/common'));
    const messages = createRequire(common.resolve('@temporalio/proto'));
    expect(new Set([own, common, messages].map((from) => from.resolve('protobufjs/package.json'))).size).toBe(1);
  });

  it('holds the events that its file holds', () => {
    const text = textOf(FILES[0] ?? '');
    expect(historyFromJSON(JSON.parse(text)).events).toHaveLength(JSON.parse(text).events.length);
  });
});

function textOf(file: string): string {
  return readFileSync(join(HISTORIES, file), 'utf8');
}

function replay(text: string): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: { codePath: process.env['SLIPWAY_TEST_WORKFLOW_BUNDLE'] ?? '' }, replayName: 'replay' }, JSON.parse(text));
}
