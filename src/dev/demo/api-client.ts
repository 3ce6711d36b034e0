import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isErrorCode, SlipwayError } from '../../domain/errors.js';
import type { SourceAddress } from '../../domain/backup/plan.js';
import {
  backupAnswer, type BackupAnswer, deploymentAnswer, type DeploymentAnswer, drillAnswer, type DrillAnswer, environmentAnswer, type EnvironmentAnswer, problemAnswer,
  restoreAnswer, type RestoreAnswer, restoresAnswer, ticketAnswer,
} from './api-answers.js';

/** The public API as anybody with a key sees it. */
export interface ApiClient {
  hasService(service: string): Promise<boolean>;
  putService(service: string, definitionYaml: string): Promise<void>;
  environment(service: string, environment: string): Promise<EnvironmentAnswer>;
  /** @returns the deployment's id */
  deploy(request: { readonly service: string; readonly environment: string; readonly version: string; readonly strategy?: string; readonly reason?: string }): Promise<string>;
  deployment(id: string): Promise<DeploymentAnswer>;
  /** @returns the backup's id */
  backUp(request: SourceAddress & { readonly reason: string }): Promise<string>;
  backup(id: string): Promise<BackupAnswer>;
  /** Of this backup; without `swap` a dry run. @returns the restore's id */
  restore(request: { readonly backup: string; readonly swap?: true; readonly reason: string }): Promise<string>;
  restoreOf(id: string): Promise<RestoreAnswer>;
  /** Drops at once what a swap replaced. */
  dropOld(restore: string): Promise<void>;
  hasRestores(address: SourceAddress): Promise<boolean>;
  /** @returns the drill's id */
  drill(address: SourceAddress): Promise<string>;
  drillOf(id: string): Promise<DrillAnswer>;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

const ANSWER_TIMEOUT_MS = 20_000;
/** A part of the stack that died is back within this time. */
const PATIENCE_MS = 60_000;
const RETRY_EVERY_MS = 500;

/** Repeats what may pass by itself, a restart of the API for example; all it sends is safe to repeat. */
export function createApiClient(url: string, key: string, signal: AbortSignal): ApiClient {
  const call = async (request: Call): Promise<unknown> => {
    // One key for all attempts: a repeated start drives the same deployment on.
    const headers = headersOf(key, request, randomUUID());
    return patiently(() => send(`${url}/api/v1${request.path}`, { method: request.method, headers, ...(request.body !== undefined && { body: request.body }) }, signal), signal);
  };
  const start = async (path: string, request: object) => ticketAnswer.parse(await call({ method: 'POST', path, body: JSON.stringify(request) })).id;
  return {
    async hasService(service) {
      try {
        await call({ method: 'GET', path: `/services/${service}` });
        return true;
      } catch (error) {
        if (error instanceof SlipwayError && error.code === 'SERVICE_NOT_FOUND') return false;
        throw error;
      }
    },
    async putService(service, definitionYaml) {
      await call({ method: 'PUT', path: `/services/${service}`, body: definitionYaml, contentType: 'application/yaml' });
    },
    environment: async (service, environment) => environmentAnswer.parse(await call({ method: 'GET', path: `/services/${service}/environments/${environment}` })),
    deploy: async (request) => start('/deployments', request),
    deployment: async (id) => deploymentAnswer.parse(await call({ method: 'GET', path: `/deployments/${id}` })),
    backUp: async (request) => start('/backups', request),
    backup: async (id) => backupAnswer.parse(await call({ method: 'GET', path: `/backups/${id}` })),
    restore: async (request) => start('/restores', request),
    restoreOf: async (id) => restoreAnswer.parse(await call({ method: 'GET', path: `/restores/${id}` })),
    async dropOld(restore) {
      await call({ method: 'POST', path: `/restores/${restore}/skip`, body: '{}' });
    },
    hasRestores: async (address) => restoresAnswer.parse(await call({ method: 'GET', path: `/restores?${new URLSearchParams({ ...address }).toString()}` })).items.length > 0,
    drill: async (address) => start('/drills', address),
    drillOf: async (id) => drillAnswer.parse(await call({ method: 'GET', path: `/drills/${id}` })),
  };
}

function headersOf(key: string, { method, contentType = 'application/json' }: Call, idempotencyKey: string): Record<string, string> {
  return {
    authorization: `Bearer ${key}`,
    ...(method !== 'GET' && { 'content-type': contentType }),
    ...(method === 'POST' && { 'idempotency-key': idempotencyKey }),
  };
}

async function patiently<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !mayPass(error) || Date.now() > deadline) throw error;
    }
    await sleep(RETRY_EVERY_MS, undefined, { signal });
  }
}

const RETRIED_CODES = [
  'DATABASE_UNAVAILABLE', 'TEMPORAL_UNAVAILABLE', 'TEMPORAL_TIMEOUT', 'IDEMPOTENCY_IN_FLIGHT',
  // A schedule was quicker, or the one before shows its end a moment before its run closes.
  'BACKUP_RUNNING', 'RESTORE_RUNNING', 'DRILL_RUNNING',
];

/** Refusals are final; no connection, no answer in time and what says so itself is not. */
function mayPass(error: unknown): boolean {
  return !(error instanceof SlipwayError) || RETRIED_CODES.includes(error.code);
}

async function send(url: string, init: RequestInit, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]) });
  const text = await response.text();
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return body;
  const problem = problemAnswer.parse(body);
  throw new SlipwayError(isErrorCode(problem.code) ? problem.code : 'INTERNAL', `${problem.title}: ${problem.detail ?? response.status}`);
}
