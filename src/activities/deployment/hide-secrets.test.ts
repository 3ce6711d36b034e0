import { describe, expect, it } from '@jest/globals';
import { processorMs } from '../../../test/support/processor-time.js';
import { hideSecrets } from './hide-secrets.js';

describe('hideSecrets', () => {
  it.each([
    ['connecting to postgres://shop:hunter2@db:5432/shop', 'connecting to postgres://shop:[hidden]@db:5432/shop'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[hidden] psql'],
    ['{"api_key": "a b c", "rows": 3}', '{"api_key": [hidden], "rows": 3}'],
    ['token: abc, next', 'token: [hidden], next'],
    ['PASSWORD=ab,cd;ef done', 'PASSWORD=[hidden] done'],
    ['postgres://u:p@ss/w0rd@db/shop refused', 'postgres://u:[hidden]@db/shop refused'],
    ['{"url":"redis://:pa/ss@cache:6379","rows":3}', '{"url":"redis://:[hidden]@cache:6379","rows":3}'],
    ['migrate --password hunter2 --to v2', 'migrate --password [hidden] --to v2'],
    ['migrate -db-token "a b" up', 'migrate -db-token [hidden] up'],
    ['Authorization: Bearer eyJhbGciOi.x-y', 'Authorization: Bearer [hidden]'],
    ['authorization: Basic dXNlcjpwdw==', 'authorization: Basic [hidden]'],
    ['sent bearer abc123', 'sent bearer [hidden]'],
  ])('hides what looks like a secret in %s', (text, shown) => {
    expect(hideSecrets(text, {})).toBe(shown);
  });

  it('hides what the environment holds under a secret’s name', () => {
    expect(hideSecrets('login with s3cr3t!! refused', { DB_PASSWORD: 's3cr3t!!', HOME: 'refused' })).toBe('login with [hidden] refused');
  });

  it('takes no longer for what looks like names all through', () => {
    const took = processorMs(() => {
      hideSecrets('a-'.repeat(128_000) + 'b', {});
      hideSecrets('x://'.repeat(64_000), {});
    });
    expect(took).toBeLessThan(20_000);
  }, 240_000);

  it('leaves everything else as it was', () => {
    const text = 'ALTER TABLE orders ADD COLUMN note text; 12 rows at http://db:80/x in 3 s';
    expect(hideSecrets(text, { PATH: '/usr/bin', DB_PASSWORD: 'in' })).toBe(text);
  });
});
