import { isGrpcServiceError } from '@temporalio/client';
import { SlipwayError } from '../../domain/errors.js';
import { GRPC, type PatientServer } from './patient-server.js';
import type { Versioning } from './read-versioning.js';

/**
 * New deployments start on this build from now on; those that are live stay on theirs. A server knows a build once a worker of it has polled.
 *
 * @throws WORKER_BUILD_UNKNOWN when none has in time, TEMPORAL_NOT_PREPARED where the server has no Worker Versioning or refuses
 */
export async function makeBuildCurrent({ connection, namespace, call }: PatientServer, { buildId, deployment }: Versioning, say: (line: string) => void): Promise<void> {
  const name = `${deployment} ${buildId}`;
  const service = connection.workflowService;
  const notYet = { codes: [GRPC.notFound, GRPC.failedPrecondition], why: `waiting for a worker of build ${name}` };
  try {
    const { previousDeploymentVersion: before } = await call(
      () => service.setWorkerDeploymentCurrentVersion({ namespace, deploymentName: deployment, buildId, identity: 'slipway setup-temporal' }), notYet);
    const same = before?.buildId === buildId;
    say(same ? `worker versioning: build ${name} is current already` : `worker versioning: build ${name} is current${before?.buildId ? `; before it ${before.buildId}, whose worker must stay until its runs have ended` : ''}`);
  } catch (error) {
    throw refused(error, name);
  }
}

function refused(error: unknown, name: string): unknown {
  if (!isGrpcServiceError(error)) return error;
  if (error.code === GRPC.notFound || error.code === GRPC.failedPrecondition) {
    return new SlipwayError('WORKER_BUILD_UNKNOWN', `The server does not take build ${name}: ${error.details}. Start its workers on every site, then repeat this.`, { cause: error });
  }
  return new SlipwayError('TEMPORAL_NOT_PREPARED', `Build ${name} could not be made current: ${error.details}. Worker Versioning needs server 1.29 or later.`, { cause: error });
}
