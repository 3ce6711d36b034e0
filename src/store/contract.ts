import { afterAll, beforeAll, describe } from '@jest/globals';
import { auditContract } from './contract/audit.js';
import { backupMetricsContract } from './contract/backup-metrics.js';
import { backupContract } from './contract/backups.js';
import { changeContract } from './contract/changes.js';
import { choosingContract } from './contract/choosing.js';
import { contentContract } from './contract/contents.js';
import { deploymentContract } from './contract/deployments.js';
import { endingContract } from './contract/endings.js';
import { eventContract } from './contract/events.js';
import { idempotencyContract } from './contract/idempotency.js';
import { keeperContract } from './contract/keeper.js';
import { leaseContract } from './contract/leases.js';
import { metricsContract } from './contract/metrics.js';
import { observationContract } from './contract/observations.js';
import { pinContract } from './contract/pins.js';
import { requestContract } from './contract/requests.js';
import { restoreContract } from './contract/restores.js';
import { serviceContract } from './contract/services.js';
import { sourceContract } from './contract/sources.js';
import type { Stores } from './stores.js';

export interface ContractSubject {
  readonly stores: Stores;
  /** Makes what was written so far this much older. */
  age(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What every implementation of the stores promises. Tests share one set of stores, so each works on services of its own. */
export function storesContract(name: string, open: () => Promise<ContractSubject>): void {
  describe(name, () => {
    let opened: ContractSubject | undefined;
    const subject = () => {
      if (!opened) throw new Error('The stores were not opened.');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());
    serviceContract(subject);
    deploymentContract(subject);
    endingContract(subject);
    idempotencyContract(subject);
    eventContract(subject);
    changeContract(subject);
    observationContract(subject);
    keeperContract(subject);
    metricsContract(subject);
    auditContract(subject);
    requestContract(subject);
    backupContract(subject);
    choosingContract(subject);
    pinContract(subject);
    contentContract(subject);
    restoreContract(subject);
    leaseContract(subject);
    sourceContract(subject);
    backupMetricsContract(subject);
  });
}
