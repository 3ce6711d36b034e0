import { isGrpcServiceError } from '@temporalio/client';
import { SlipwayError } from '../../domain/errors.js';
import { SEARCH_ATTRIBUTES } from '../../workflows/sequence/search-attributes.js';
import { GRPC, type PatientServer } from './patient-server.js';

/** The protocol's numbers of the types that are used. */
const TYPES = { KEYWORD: 2, BOOL: 5 } as const;

const WANTED: ReadonlyMap<string, number> = new Map(SEARCH_ATTRIBUTES.map(({ name, type }) => [name, TYPES[type]]));

/** Registers what is missing. @throws TEMPORAL_NOT_PREPARED where one is there with another type, or may not be registered. */
export async function registerAttributes(server: PatientServer, say: (line: string) => void): Promise<void> {
  const known = await knownAttributes(server);
  const wrong = [...WANTED].filter(([name, type]) => known[name] !== undefined && known[name] !== type).map(([name]) => name);
  if (wrong.length > 0) {
    throw new SlipwayError('TEMPORAL_NOT_PREPARED', `The namespace ${server.namespace} has ${wrong.join(', ')} with another type. Remove them there (\`temporal operator search-attribute remove\`), or use another namespace.`);
  }
  const missing = [...WANTED].filter(([name]) => known[name] === undefined);
  if (missing.length > 0) await register(server, missing);
  say(missing.length > 0 ? `search attributes: registered ${missing.map(([name]) => name).join(', ')}` : `search attributes: all ${WANTED.size} are there`);
}

async function knownAttributes({ connection, namespace, call }: PatientServer): Promise<Readonly<Record<string, number>>> {
  try {
    const { customAttributes } = await call(() => connection.operatorService.listSearchAttributes({ namespace }));
    return customAttributes;
  } catch (error) {
    throw notPrepared(error, `the search attributes of namespace ${namespace} could not be read`);
  }
}

async function register({ connection, namespace, call }: PatientServer, missing: readonly (readonly [string, number])[]): Promise<void> {
  try {
    await call(() => connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) }));
  } catch (error) {
    // Two set-ups at once: the other one was faster.
    if (isGrpcServiceError(error) && error.code === GRPC.alreadyExists) return;
    throw notPrepared(error, `${missing.map(([name]) => name).join(', ')} could not be registered`);
  }
}

function notPrepared(error: unknown, what: string): unknown {
  if (!isGrpcServiceError(error)) return error;
  const hint = error.code === GRPC.notFound ? ' Make the namespace first: `temporal operator namespace create`.'
    : error.code === GRPC.permissionDenied || error.code === GRPC.unimplemented ? ' Where only the operators of the server may do it, let them register these names.' : '';
  return new SlipwayError('TEMPORAL_NOT_PREPARED', `${what}: ${error.details}.${hint}`, { cause: error });
}
