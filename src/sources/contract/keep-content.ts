import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, chown, copyFile, cp, mkdir, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Content } from '../../engines/engine.js';

/** The plainest engine there is: the files of a backup, in a folder. */
export async function keepContent(content: Content, folder: string): Promise<void> {
  if (content.kind === 'stream') return keepStream(content, folder);
  for (const [path, entry] of Object.entries(content.manifest.files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    if (entry.kind === 'folder') await mkdir(target, { recursive: true });
    else if (entry.kind === 'link') await symlink(entry.target, target);
    else await copyFile(join(content.root, path), target);
    if (entry.kind !== 'link') await likeOriginal(join(content.root, path), target);
  }
}

/** As far as every engine does. */
async function likeOriginal(original: string, kept: string): Promise<void> {
  const { mode, uid, gid } = await stat(original);
  if (process.getuid?.() === 0) await chown(kept, uid, gid);
  await chmod(kept, mode & 0o7777);
}

/** Brings the files of a backup into the folder that a copy is made from. */
export function fetchKept(from: string, to: string): Promise<void> {
  return cp(from, to, { recursive: true, verbatimSymlinks: true });
}

async function keepStream({ name, command, env }: Extract<Content, { kind: 'stream' }>, folder: string): Promise<void> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const exited = once(child, 'exit');
  await pipeline(child.stdout, createWriteStream(join(folder, name)));
  const [code] = await exited;
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${Buffer.concat(said).toString()}`);
}
