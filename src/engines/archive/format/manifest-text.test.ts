import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { manifestLine } from './manifest-text.js';

it.each(['plain.txt', 'with space', 'quote"\'s', 'back\\slash', 'line\nbreak', 'return\r', 'ünï', '-rf', '*'])('is read by sha256sum: %j', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-manifest-'));
  try {
    writeFileSync(join(folder, name), 'content');
    const line = manifestLine(name, createHash('sha256').update('content').digest('hex'));
    expect(spawnSync('sha256sum', ['--check', '--strict', '--status'], { cwd: folder, input: line }).status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
