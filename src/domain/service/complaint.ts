import type { JsonPath } from './json-pointer.js';

/** What is wrong at one place of a merged environment, before it is known where the writer put it. */
export interface Complaint {
  readonly path: JsonPath;
  readonly message: string;
  readonly hint?: string;
  /** Set where the code is another than that of a wrong definition. */
  readonly code?: 'IDENTITY_REQUIRED' | 'QUIESCE_UNSUPPORTED' | 'QUIESCE_REQUIRED';
}
