import { DEMO_ENVIRONMENT, DEMO_SERVICE } from './demo-definition.js';

export interface GoOn {
  readonly apiUrl: string;
  /** As the user may write it from where he stands. */
  readonly adminKeyFile: string;
  /** A version that is not live. */
  readonly version: string;
}

/** Commands to go on with: they work as they are pasted, one after the other. */
export function goOnLines({ apiUrl, adminKeyFile, version }: GoOn): readonly string[] {
  const curl = 'curl -s -H "Authorization: Bearer $KEY"';
  const post = `${curl} -H 'Content-Type: application/json'`;
  const request = JSON.stringify({ service: DEMO_SERVICE, environment: DEMO_ENVIRONMENT, version, strategy: 'careful' });
  return [
    `KEY=$(cat ${quoted(adminKeyFile)}); API=${apiUrl}/api/v1`,
    '# what is live',
    `${curl} $API/services/${DEMO_SERVICE}/environments/${DEMO_ENVIRONMENT}`,
    `# deploy ${version}; it waits for you at 50 %`,
    `ID=$(${post} -d '${request}' $API/deployments | grep -o '[0-9A-Z]\\{26\\}' | head -1); echo $ID`,
    '# approve it, once it waits',
    `${post} -d '{"gate":"2/you"}' $API/deployments/$ID/approve`,
    '# its backups',
    `${curl} "$API/backups?service=${DEMO_SERVICE}"`,
  ];
}

/** For a shell; most paths need nothing. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
