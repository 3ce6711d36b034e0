import type { JsonObject } from '../json.js';

/** One thing that happened in a deployment. Appended once, never changed. */
export interface DeploymentEvent {
  /** `<activity id>.<attempt>.<n>`: with the deployment it is the key, so a repeated append changes nothing. */
  readonly key: string;
  readonly deployment: string;
  readonly kind: string;
  /** RFC 3339, the clock of the worker that saw it. */
  readonly at: string;
  /** One sentence for people. */
  readonly text: string;
  readonly data: JsonObject;
}
