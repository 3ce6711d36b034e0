import type { SourceAddress } from '../../../src/domain/backup/plan.js';

export const ENVIRONMENT = 'test';

export interface KeptService {
  readonly service: string;
  /** By name, as a definition has them. */
  readonly backups: Readonly<Record<string, object>>;
  /** Gets every notice about data by a POST. */
  readonly receiver?: string;
}

/** A service whose data is looked after and which is never deployed: the router that it names is not there. */
export function keptService({ service, backups, receiver }: KeptService): object {
  return {
    service,
    environments: {
      [ENVIRONMENT]: {
        router: { use: 'edge', backend: service }, target: { use: 'local' }, strategy: { blueGreen: {} }, gates: { people: {} }, backups,
        health: { web: { http: { path: '/healthz', expect: 200 } } },
        ...(receiver === undefined ? {} : { notify: { tests: { webhook: { url: receiver }, on: ['backup-succeeded', 'backup-failed', 'backup-damaged', 'restore-succeeded', 'restore-failed', 'drill-failed'] } } }),
      },
    },
  };
}

export function addressOf(service: string, source: string): SourceAddress {
  return { service, environment: ENVIRONMENT, source };
}
