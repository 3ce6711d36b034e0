import { describe, expect, it } from '@jest/globals';
import { hideSecrets } from './hide-secrets.js';

describe('hideSecrets', () => {
  it.each([
    ['connecting to postgres://shop:hunter2@db:5432/shop', 'connecting to postgres://shop:[hidden]@db:5432/shop'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=[hidden] psql'],
    ['{"api_key": "a b c", "rows": 3}', '{"api_key": [hidden], "rows": 3}'],
    ['token: abc, next', 'token: [hidden], next'],
  ])('hides what looks like a secret in %s', (text, shown) => {
    expect(hideSecrets(text, {})).toBe(shown);
  });

  it('hides what the environment holds under a secret’s name', () => {
    expect(hideSecrets('login with s3cr3t!! refused', { DB_PASSWORD: 's3cr3t!!', HOME: 'refused' })).toBe('login with [hidden] refused');
  });

  it('leaves everything else as it was', () => {
    const text = 'ALTER TABLE orders ADD COLUMN note text; 12 rows at http://db:80/x in 3 s';
    expect(hideSecrets(text, { PATH: '/usr/bin', DB_PASSWORD: 'in' })).toBe(text);
  });
});
