import { DEMO_ENVIRONMENT, DEMO_SERVICE } from './demo-definition.js';

export interface GoOn {
  readonly apiUrl: string;
  /** As the user may write it from where he stands. */
  readonly adminKeyFile: string;
  /** A version that is not live. */
  readonly version: string;
}

/** Three commands to go on with: they work as they are pasted. */
export function goOnLines({ apiUrl, adminKeyFile, version }: GoOn): readonly string[] {
  const curl = `curl -s -H "Authorization: Bearer $(cat ${quoted(adminKeyFile)})"`;
  const environment = `${apiUrl}/api/v1/services/${DEMO_SERVICE}/environments/${DEMO_ENVIRONMENT}`;
  const deployments = `${apiUrl}/api/v1/deployments`;
  const json = `-H 'Content-Type: application/json'`;
  const request = JSON.stringify({ service: DEMO_SERVICE, environment: DEMO_ENVIRONMENT, version, strategy: 'careful' });
  const liveId = `$(${curl} ${environment} | sed -n 's/.*"live":{"id":"\\([^"]*\\)".*/\\1/p')`;
  return [
    `# what is live`,
    `${curl} ${environment}`,
    `# deploy ${version}; it waits for you at 50 %`,
    `${curl} ${json} -d '${request}' ${deployments}`,
    `# approve it, once it waits`,
    `${curl} ${json} -d '{"gate":"2/you"}' ${deployments}/${liveId}/approve`,
    `# its backups: GET ${apiUrl}/api/v1/backups?service=${DEMO_SERVICE}`,
  ];
}

/** For a shell; most paths need nothing. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
