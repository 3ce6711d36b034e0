import { hasEnded } from '../../domain/deployment/status.js';
import { isSlipwayError, SlipwayError } from '../../domain/errors.js';
import type { AppDeps } from '../deps.js';
import type { RunAddress } from './deployment-runs.js';
import { notFound } from './record-of.js';

/**
 * Where a live deployment runs. Record and running workflows are asked at once and the first that knows it wins, so that neither an absent
 * database nor a lagging index holds up an abort.
 *
 * @throws DEPLOYMENT_NOT_FOUND, DEPLOYMENT_ENDED, DATABASE_UNAVAILABLE, TEMPORAL_UNAVAILABLE
 */
export async function locateDeployment(deps: AppDeps, id: string): Promise<RunAddress> {
  const known = deps.addresses.find(id);
  if (known) return known;
  try {
    const address = await Promise.any([fromRecord(deps, id), fromRuns(deps, id)]);
    deps.addresses.note(address);
    return address;
  } catch (error) {
    throw bestReason(error, id);
  }
}

async function fromRecord(deps: AppDeps, id: string): Promise<RunAddress> {
  const record = await deps.stores.deployments.get(id);
  if (!record) throw notFound(id);
  if (hasEnded(record.phase)) throw new SlipwayError('DEPLOYMENT_ENDED', `Deployment ${id} ended ${record.phase}.`);
  return { deployment: id, service: record.service, environment: record.environment };
}

async function fromRuns(deps: AppDeps, id: string): Promise<RunAddress> {
  const address = await deps.runs.findRunning(id);
  if (address) return address;
  throw notFound(id);
}

/** What the record says counts before what the index says: the index knows the running only. */
function bestReason(error: unknown, id: string): unknown {
  if (!(error instanceof AggregateError)) return error;
  const [ofRecord, ofRuns] = error.errors as readonly unknown[];
  if (!isSlipwayError(ofRecord) || ofRecord.code !== 'DATABASE_UNAVAILABLE') return ofRecord;
  if (!isSlipwayError(ofRuns) || ofRuns.code !== 'DEPLOYMENT_NOT_FOUND') return ofRuns;
  return new SlipwayError('DATABASE_UNAVAILABLE', `No live deployment ${id} was found, and the database cannot say whether there ever was one.`);
}
