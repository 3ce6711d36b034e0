import { placesOverlap } from '../domain/backup/source-place.js';
import { SlipwayError } from '../domain/errors.js';
import type { Claims, EntryClaim, SourceClaim } from './stores.js';

/** What every implementation refuses in the same words. */
export function revisionMoved(service: string, revision: number, expected: number): SlipwayError {
  const is = revision === 0 ? 'does not exist' : `is at revision ${revision}`;
  const wanted = expected === 0 ? 'was to be new' : `was expected at revision ${expected}`;
  return new SlipwayError('PRECONDITION_FAILED', `Service ${service} ${is}, but ${wanted}.`);
}

/** Claims with those who have them. */
export interface Claimed { readonly entries: readonly Owned<EntryClaim>[]; readonly sources: readonly Owned<SourceClaim>[] }
type Owned<Claim> = Claim & { readonly service: string };

/**
 * @param others what other services have.
 * @throws ROUTER_ENTRY_TAKEN, SOURCE_TAKEN
 */
export function refuseTaken(service: string, { entries, sources }: Claims, others: Claimed): void {
  const claimed = [...others.entries];
  for (const claim of entries) {
    const owner = claimed.find(({ router, backend }) => router === claim.router && backend === claim.backend);
    if (owner) throw entryTaken(claim, owner);
    claimed.push({ ...claim, service });
  }
  for (const claim of sources) {
    const owner = others.sources.find(({ environment, place }) => environment === claim.environment && placesOverlap(place, claim.place));
    if (owner) throw sourceTaken(claim, owner);
  }
}

function entryTaken(claim: EntryClaim, owner: Owned<EntryClaim>): SlipwayError {
  const { router, backend, environment } = claim;
  return new SlipwayError(
    'ROUTER_ENTRY_TAKEN',
    `Entry ${backend} of router ${router}, wanted for environment ${environment}, belongs to ${owner.service} in ${owner.environment}; choose another \`router.backend\`.`,
    { problems: [{ path: `/environments/${environment}/router/backend`, message: `taken by ${owner.service} in ${owner.environment}` }] },
  );
}

function sourceTaken({ environment, source, place }: SourceClaim, owner: Owned<SourceClaim>): SlipwayError {
  const shared = owner.place === place ? place : `${place} (shared with ${owner.place})`;
  return new SlipwayError('SOURCE_TAKEN', `The data of source "${source}" in ${environment}, ${shared}, belongs to ${owner.service} as "${owner.source}": declare it as \`uses: ${owner.service}/${owner.source}\`.`, {
    problems: [{ path: `/environments/${environment}/backups/${source}`, message: `is data of ${owner.service}`, hint: `uses: ${owner.service}/${owner.source}` }],
    details: { owner: owner.service, ownedSource: owner.source },
  });
}

export function keyReused(): SlipwayError {
  return new SlipwayError('IDEMPOTENCY_KEY_REUSED', 'The Idempotency-Key came before with another body.');
}

export function overtaken(): SlipwayError {
  return new SlipwayError('IDEMPOTENCY_IN_FLIGHT', 'A retry with the same Idempotency-Key overtook this request and carries it out.');
}

export function noDeployment(id: string): SlipwayError {
  return new SlipwayError('DEPLOYMENT_NOT_FOUND', `There is no deployment ${id}.`);
}

export function noBackup(id: string): SlipwayError {
  return new SlipwayError('BACKUP_NOT_FOUND', `There is no backup ${id}.`);
}

export function notRunning(id: string): SlipwayError {
  return new SlipwayError('BACKUP_NOT_FOUND', `No run of backup ${id} is under way that could store something.`);
}

export function wasForgotten(id: string): SlipwayError {
  return new SlipwayError('BACKUP_FORGOTTEN', `Retention let backup ${id} go.`);
}

export function noRestore(id: string): SlipwayError {
  return new SlipwayError('RESTORE_NOT_FOUND', `There is no restore ${id}.`);
}

export function noDrill(id: string): SlipwayError {
  return new SlipwayError('DRILL_NOT_FOUND', `There is no drill ${id}.`);
}
