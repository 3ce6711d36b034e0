import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { goOnLines } from './go-on.js';

describe('the commands to go on with', () => {
  it('are those that the README shows', async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    const lines = goOnLines({ apiUrl: 'http://localhost:3000', adminKeyFile: '.slipway/admin-key', version: 'v4' });
    expect(readme).toContain(`\`\`\`sh\n${lines.join('\n')}\n\`\`\``);
  });

  it('name the key as a shell reads it', () => {
    const [first] = goOnLines({ apiUrl: 'http://localhost:3000', adminKeyFile: "it's here/admin-key", version: 'v4' });
    expect(first).toBe(`KEY=$(cat 'it'\\''s here/admin-key'); API=http://localhost:3000/api/v1`);
  });
});
