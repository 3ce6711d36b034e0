import { describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../', import.meta.url));
const report = z.object({ diagnostics: z.array(z.object({ code: z.string(), labels: z.array(z.object({ span: z.object({ line: z.int() }) })) })) });

const SHARED = ['net', 'programs', 'secrets'];
const ADAPTERS = ['engines', 'metrics', 'notifiers', 'probes', 'routers', 'sources', 'targets'];
const ADAPTER = { values: ['domain', ...SHARED], types: [] };

/** The arrows of docs/architecture.md: what a folder may import, and of what it may import types only. */
const ARROWS: Readonly<Record<string, { readonly values: readonly string[]; readonly types: readonly string[] }>> = {
  domain: { values: [], types: [] },
  definition: { values: ['domain'], types: [] },
  settings: { values: ['definition', 'domain'], types: [] },
  store: { values: ['domain'], types: [] },
  logging: { values: ['domain', 'net'], types: [] },
  net: { values: ['domain'], types: [] },
  programs: { values: ['domain', 'net'], types: [] },
  secrets: { values: ['domain', 'net'], types: [] },
  ...Object.fromEntries(ADAPTERS.map((folder) => [folder, ADAPTER])),
  sources: { values: ADAPTER.values, types: ['engines'] },
  activities: { values: ['domain', 'store', ...ADAPTERS, ...SHARED], types: ['workflows'] },
  workflows: { values: ['domain'], types: ['activities'] },
  app: { values: ['domain', 'store'], types: ['notifiers'] },
  api: { values: ['app', 'definition', 'domain', 'settings'], types: ['store'] },
  cli: { values: ['definition', 'domain', 'routers', 'settings'], types: [] },
  dev: { values: ['domain', 'programs'], types: [] },
  worker: { values: ['activities', 'definition', 'domain', 'logging', 'settings', 'store', 'workflows', ...ADAPTERS, ...SHARED], types: [] },
};

/** Packages that would take a folder out of its layer. */
const FOREIGN: readonly (readonly [string, readonly string[]])[] = [
  ['domain', ['@temporalio/common', 'zod', 'express', 'pino', 'pg', 'drizzle-orm', 'undici', 'yaml', 'node:fs']],
  ['workflows', ['@temporalio/client', '@temporalio/activity', '@temporalio/worker', 'zod', 'express', 'pino', 'pg', 'drizzle-orm', 'undici', 'node:fs']],
  ['activities', ['express', 'pg', 'drizzle-orm']],
  ['app', ['express', 'pg', 'drizzle-orm']],
  ['api', ['@temporalio/worker', '@temporalio/activity', '@temporalio/workflow', 'pg', 'drizzle-orm']],
  ['store', ['@temporalio/client', 'express', 'zod']],
  ...[...ADAPTERS, ...SHARED].map((folder) => [folder, ['@temporalio/activity', 'express', 'drizzle-orm']] as const),
];

describe('the linter', () => {
  it('has an arrow for every folder of src/', async () => {
    const folders = (await readdir(join(root, 'src'), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(Object.keys(ARROWS).sort()).toEqual(folders.sort());
  });

  it.each(Object.entries(ARROWS))('lets %s import what its arrows say, and nothing else', async (folder, { values, types }) => {
    const others = Object.keys(ARROWS).filter((other) => other !== folder).sort();
    expect(await allowedIn(folder, others, (other) => `import ${other} from '../${other}/probe.js';`)).toEqual([...values].sort());
    expect(await allowedIn(folder, others, (other) => `import type ${other} from '../${other}/probe.js';`)).toEqual([...values, ...types].sort());
  });

  it.each(FOREIGN)('keeps foreign packages out of %s', async (folder, packages) => {
    expect(await allowedIn(folder, packages, (name) => `import '${name}';`)).toEqual([]);
  });
});

/** Of imports that stand in a file of this folder of src/, a line each: those that the linter lets pass. */
async function allowedIn(folder: string, names: readonly string[], line: (name: string) => string): Promise<string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-layers-'));
  try {
    await copyFile(join(root, '.oxlintrc.json'), join(scratch, '.oxlintrc.json'));
    await mkdir(join(scratch, 'src', folder), { recursive: true });
    await writeFile(join(scratch, 'src', folder, 'probe.ts'), names.map(line).join('\n'));
    const refused = await linesRefused(scratch);
    return names.filter((_, index) => !refused.has(index + 1));
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function linesRefused(folder: string): Promise<ReadonlySet<number>> {
  const found = report.parse(JSON.parse(await lint(folder)));
  const imports = found.diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
  return new Set(imports.flatMap(({ labels }) => labels.map(({ span }) => span.line)));
}

/** Its exit code says that something was found: no failure here. */
function lint(folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(join(root, 'node_modules/.bin/oxlint'), ['--format', 'json', 'src'], { cwd: folder, timeout: 25_000 }, (error, stdout) =>
      (stdout === '' && error ? reject(error) : resolve(stdout)));
  });
}
