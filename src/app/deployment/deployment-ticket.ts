import type { Phase } from '../../domain/deployment/status.js';

/** What whoever asked for a deployment gets at once. */
export interface DeploymentTicket {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly strategy: string;
  readonly version: string;
  readonly phase: Phase;
}

export function ticketOf({ id, service, environment, strategy, version, phase }: DeploymentTicket): DeploymentTicket {
  return { id, service, environment, strategy, version, phase };
}
