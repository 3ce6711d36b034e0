/** Names of services and environments: they become workflow ids, backend names and map keys, so the alphabet is small. */
export const NAME_PATTERN = /^[a-z][a-z0-9-]{0,62}$/;

/** A version is whatever the target understands: a tag, a sha, a path. It never starts with a dash, so it is never taken for a flag. */
export const VERSION_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._+:@/-]{0,254}$/;

/** A ULID. */
export const DEPLOYMENT_ID_PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** The workflow id of every live deployment: the id is the lock. */
export function deploymentWorkflowId(environment: string, service: string): string {
  return `deploy/${environment}/${service}`;
}

/** The workflow id of the one keeper of a site. */
export function keeperWorkflowId(site: string): string {
  return `keeper/${site}`;
}
