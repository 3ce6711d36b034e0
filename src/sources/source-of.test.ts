import { describe, expect, it } from '@jest/globals';
import { freePrograms } from '../../test/support/free-programs.js';
import type { SourceLocation, SourceSpec } from '../domain/backup/source-spec.js';
import { createSecrets } from '../secrets/secrets.js';
import { contextOf } from './contract/scene.js';
import { createSources } from './source-of.js';

const sources = createSources({ secrets: createSecrets({ env: { SLIPWAY_SECRET_BAD: 'mysql://nowhere' } }), programs: freePrograms(), stagingFolder: '/nowhere/staging' });

function spec(at: SourceLocation): SourceSpec {
  const keep = { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
  return { name: 'data', at, repository: 'vault', keep, timeoutMs: 60_000, maxAgeMs: null, restore: { keepOldMs: 0, checks: {}, verify: {} } };
}

describe('sources', () => {
  it.each<SourceLocation>([{ kind: 'directory', path: '/nowhere/files' }, { kind: 'sqlite', path: '/nowhere/a.db' }, { kind: 'postgres', url: { text: 'postgres://nobody@127.0.0.1:1/none' } }])('are made by their kind: $kind', (at) => {
    expect(sources.of(spec(at)).kind).toBe(at.kind);
  });

  it('ask for their secrets at each use', async () => {
    const source = sources.of(spec({ kind: 'postgres', url: { secret: 'NOT_THERE' } }));
    await expect(source.fingerprint('live', contextOf())).rejects.toMatchObject({ code: 'SECRET_MISSING' });
  });
});
