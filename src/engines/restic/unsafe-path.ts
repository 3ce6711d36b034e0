/**
 * Answers of each entry, in the order of a backup, whether it would be written inside of the folder that it is restored into: no `..`, and
 * nothing beneath a link, which would be written where the link leads.
 */
export function createPathCheck(): (path: string, kind: 'link' | 'other') => boolean {
  const links = new Set<string>();
  const others = new Set<string>();
  return (path, kind) => {
    const parts = path.replace(/^\//, '').replace(/\/$/, '').split('/');
    const clean = parts.join('/');
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
    const replaced = links.has(clean) || (kind === 'link' && others.has(clean));
    for (const folder of above) others.add(folder);
    (kind === 'link' ? links : others).add(clean);
    return !replaced && parts.every(isPlain) && !above.some((folder) => links.has(folder));
  };
}

function isPlain(part: string): boolean {
  return part !== '..' && part !== '.' && !part.includes('\0');
}
