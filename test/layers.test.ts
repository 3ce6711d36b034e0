import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const root = fileURLToPath(new URL('../', import.meta.url));
const report = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string(), labels: z.array(z.object({ span: z.object({ line: z.int() }) })) })) });

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

type Form = 'values' | 'types' | 'packages';

/** Imports of one form, a line each, in a file of a folder of src/. */
interface Probe {
  readonly folder: string;
  readonly form: Form;
  readonly names: readonly string[];
}

const LINES: Readonly<Record<Form, (name: string) => string>> = {
  values: (name) => `import ${name} from '../${name}/probe.js';`,
  types: (name) => `import type ${name} from '../${name}/probe.js';`,
  packages: (name) => `import '${name}';`,
};

const PROBES: readonly Probe[] = [
  ...Object.keys(ARROWS).flatMap((folder) => (['values', 'types'] as const).map((form) => ({ folder, form, names: Object.keys(ARROWS).filter((other) => other !== folder).sort() }))),
  ...FOREIGN.map(([folder, names]) => ({ folder, form: 'packages' as const, names })),
];

describe('the linter', () => {
  let allowed: (folder: string, form: Form) => readonly string[];
  beforeAll(async () => {
    allowed = await allowedIn(PROBES);
  }, 60_000);

  it('has an arrow for every folder of src/', async () => {
    const folders = (await readdir(join(root, 'src'), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(Object.keys(ARROWS).sort()).toEqual(folders.sort());
  });

  it.each(Object.entries(ARROWS))('lets %s import what its arrows say, and nothing else', (folder, { values, types }) => {
    expect(allowed(folder, 'values')).toEqual([...values].sort());
    expect(allowed(folder, 'types')).toEqual([...values, ...types].sort());
  });

  it.each(FOREIGN)('keeps foreign packages out of %s', (folder) => {
    expect(allowed(folder, 'packages')).toEqual([]);
  });
});

/** Has the linter read all probes at once. @returns the names that it lets pass */
async function allowedIn(probes: readonly Probe[]): Promise<(folder: string, form: Form) => readonly string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-layers-'));
  try {
    await copyFile(join(root, '.oxlintrc.json'), join(scratch, '.oxlintrc.json'));
    for (const { folder, form, names } of probes) {
      await mkdir(join(scratch, 'src', folder), { recursive: true });
      await writeFile(join(scratch, fileOf(folder, form)), names.map(LINES[form]).join('\n'));
    }
    const refused = await refusedLines(scratch);
    return (folder, form) => {
      const names = probes.find((probe) => probe.folder === folder && probe.form === form)?.names ?? [];
      return names.filter((_, index) => !refused.has(`${fileOf(folder, form)}:${index + 1}`));
    };
  } finally {
    await rm(scratch, { recursive: true });
  }
}

function fileOf(folder: string, form: Form): string {
  return `src/${folder}/${form}.ts`;
}

/** As `<file>:<line>`. */
async function refusedLines(folder: string): Promise<ReadonlySet<string>> {
  const { diagnostics } = report.parse(JSON.parse(await lint(folder)));
  const imports = diagnostics.filter(({ code }) => code.includes('no-restricted-imports'));
  return new Set(imports.flatMap(({ filename, labels }) => labels.map(({ span }) => `${filename}:${span.line}`)));
}

/** Its exit code says that something was found: no failure here. */
function lint(folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(join(root, 'node_modules/.bin/oxlint'), ['--format', 'json', 'src'], { cwd: folder, timeout: 50_000, maxBuffer: 16 * 1_048_576 }, (error, stdout) =>
      (stdout === '' && error ? reject(error) : resolve(stdout)));
  });
}
