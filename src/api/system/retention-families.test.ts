import { expect, it } from '@jest/globals';
import { renderFamilies } from './metric-family.js';
import { retentionFamilies } from './retention-families.js';

it('retention shows when it last came to its end, of each source and of each repository', () => {
  const text = renderFamilies(retentionFamilies({
    sources: [{ service: 'shop', environment: 'production', source: 'orders', retainedAt: '2026-01-01T00:00:00.000Z' }],
    repositories: [{ site: 'west', place: '/srv/vault', name: 'vault', prunedAt: '2026-01-02T00:00:00.000Z' }],
  }));
  expect(text).toMatch(/^slipway_backup_last_retained_timestamp_seconds\{.*source="orders".*\} 1767225600$/m);
  expect(text).toMatch(/^slipway_backup_repository_last_pruned_timestamp_seconds\{site="west",repository="vault"\} 1767312000$/m);
});
