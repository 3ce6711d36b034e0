import type { JsonObject } from '../json.js';
import { undeclaredGate } from './check-gates.js';
import type { Complaint } from './complaint.js';
import { objectOr } from './merge.js';

/** A protection that protects nothing is refused: it would be relied upon. */
export function checkProtect(environment: JsonObject): readonly Complaint[] {
  if (environment['protect'] === undefined) return [];
  const { backup, migrate } = objectOr(environment['protect']);
  const { expand, contract, revert } = objectOr(migrate);
  const complaints = [...undeclaredGate(objectOr(contract)['gate'], ['protect', 'migrate', 'contract', 'gate'], environment)];
  if (backup !== 'none' && Object.keys(objectOr(environment['backups'])).length === 0) {
    complaints.push({ path: ['protect', 'backup'], message: 'is "before", but the environment has no backups', hint: 'declare backups, or say none' });
  }
  if (revert !== undefined && expand === undefined) complaints.push({ path: ['protect', 'migrate', 'revert'], message: 'has no expand that it could take back' });
  return complaints;
}
