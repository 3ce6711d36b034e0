import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenPostgres15 } from '../support/postgres-15.js';
import { built } from '../support/stack/program.js';

whenPostgres15(() => {
  describe('the demo of database backups', () => {
    async function run(env: NodeJS.ProcessEnv = {}) {
      const temporary = await mkdtemp(join(tmpdir(), 'slipway-database-demo-'));
      const child = spawn(process.execPath, [built('dev/database-demo/main.js')], {
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: temporary, ...env }, stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output += chunk.toString(); });
      const exited = once(child, 'exit');
      return {
        child, output: () => output,
        async end() {
          const [code] = await exited;
          const left = await readdir(temporary);
          await rm(temporary, { recursive: true, force: true });
          return { code, left };
        },
      };
    }

    it('shows that what was deleted is there again, and leaves nothing behind', async () => {
      const demo = await run();
      expect(await demo.end()).toEqual({ code: 0, left: [] });
      expect(demo.output()).toMatch(/damage +\d+ orders are gone/);
      expect(demo.output()).toMatch(/orders +60000 of the first 60000 are there again/);
      expect(demo.output()).toMatch(/proven +in/);
    }, 240_000);

    it('stops in order when it is asked to, wherever it is', async () => {
      const demo = await run();
      await new Promise<void>((resolve) => demo.child.stdout.on('data', () => { if (demo.output().includes('clients write')) resolve(); }));
      demo.child.kill('SIGINT');
      expect(await demo.end()).toEqual({ code: 0, left: [] });
    }, 120_000);
  });
});
