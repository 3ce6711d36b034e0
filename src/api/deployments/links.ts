import { deploymentWorkflowId } from '../../domain/names.js';
import type { ApiDeps } from '../api-deps.js';

export interface DeploymentLinks { readonly self: string; readonly events: string; readonly temporal: string | null }

interface Linked { readonly id: string; readonly service: string; readonly environment: string }

/** The same with where to read on. */
export function withLinks<T extends Linked>(deployment: T, temporalLink: ApiDeps['temporalLink']): T & { readonly links: DeploymentLinks } {
  const self = pathOf(deployment.id);
  return { ...deployment, links: { self, events: `${self}/events`, temporal: temporalLink(deploymentWorkflowId(deployment.environment, deployment.service)) } };
}

export function pathOf(id: string): string {
  return `/api/v1/deployments/${id}`;
}
