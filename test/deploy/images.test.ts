import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';

describe('the images', () => {
  it('do not run as root', async () => {
    const stages = await imageStages();
    const last = stages.filter(({ lines }) => /^CMD/m.test(lines));
    expect(last.map(({ name }) => name).sort()).toEqual(['api', 'storefront', 'worker']);
    expect(last.map(({ name }) => userOf(name, stages))).toEqual(['node', 'node', 'node']);
  });

  it('have the programs that sources and engines call where the worker is', async () => {
    const worker = (await imageStages()).find(({ name }) => name === 'worker')?.lines;
    for (const needed of ['openssh-client', 'postgresql-client-17', 'restic', 'sqlite3']) expect(worker).toContain(needed);
  });

  it('let others than the container itself ask how the worker is', async () => {
    expect((await imageStages()).find(({ name }) => name === 'worker')?.lines).toContain('SLIPWAY_METRICS_HOST=0.0.0.0');
  });
});

interface ImageStage {
  readonly base: string;
  readonly name: string;
  readonly lines: string;
}

async function imageStages(): Promise<readonly ImageStage[]> {
  return [...(await readFile(new URL('../../Dockerfile', import.meta.url), 'utf8')).matchAll(/^FROM (\S+) AS (\S+)$([^]*?)(?=^FROM |(?![^]))/gm)].map(([, base = '', name = '', lines = '']) => ({ base, name, lines }));
}

/** The last one named in a stage, else that of the stage it builds on. */
function userOf(stage: string, stages: readonly ImageStage[]): string | undefined {
  const found = stages.find(({ name }) => name === stage);
  return found && ([...found.lines.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1] ?? userOf(found.base, stages));
}
