import type { RetentionMetrics } from '../../store/backup-stores.js';
import type { Family } from './metric-family.js';

/** Old backups that stay fill a repository, and nothing fails until it is full: its age is what tells. */
export function retentionFamilies({ sources, repositories }: RetentionMetrics): Family[] {
  return [
    {
      name: 'slipway_backup_last_retained_timestamp_seconds', help: 'When retention of the source last came to its end.', type: 'gauge',
      samples: sources.map(({ service, environment, source, retainedAt }) => ({ labels: { service, environment, source }, value: Date.parse(retainedAt) / 1_000 })),
    },
    {
      name: 'slipway_backup_repository_last_pruned_timestamp_seconds', help: 'When the bytes that no backup needs were last given back.', type: 'gauge',
      samples: repositories.map(({ site, name: repository, prunedAt }) => ({ labels: { site, repository }, value: Date.parse(prunedAt) / 1_000 })),
    },
  ];
}
