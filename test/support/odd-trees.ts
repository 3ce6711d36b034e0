import { chmod, lchown, lutimes, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';

interface Known {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Since 1970. */
  readonly seconds: number;
}

export type OddEntry = { readonly known: Known } & (
  | { readonly kind: 'file'; readonly content: Uint8Array }
  | { readonly kind: 'holes'; readonly bytes: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'folder'; readonly inside: OddTree }
);
export type OddTree = readonly (readonly [name: string, entry: OddEntry])[];

const MOST_NAME_BYTES = 255;
const NAMES = ['__proto__', 'constructor', 'MANIFEST.sha256', 'tree', 'line\nbreak', 'return\r', 'back\\slash', '-rf', ' space ', '*', 'a=b', '7 path=x', "it's", '"q"', 'e\u0301', 'x'.repeat(255), '😀'.repeat(63)];
const isRoot = process.getuid?.() === 0;

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', minLength: 1 })).filter(isName);
const id = fc.oneof(fc.constantFrom(0, 1, 0o777777, 0o1000000, 2_097_151, 2_097_152, 4_294_967_294), fc.nat());
const seconds = fc.oneof(fc.constantFrom(0, -1, -0.5, -2_000_000_000.25, 1.5, 2_147_483_648, 8_589_934_592.125), fc.double({ min: -2_000_000_000, max: 15_000_000_000, noNaN: true }));
const mode = fc.oneof(fc.constantFrom(0, 0o7777, 0o4000, 0o1777), fc.nat(0o7777));
const known = fc.record({ mode, uid: id, gid: id, seconds });

/** Whatever may be in a folder: odd names, modes, owners and times, links to anywhere, empty folders, files with holes. */
export function oddTree(): fc.Arbitrary<OddTree> {
  const { tree } = fc.letrec<{ tree: OddTree; entry: OddEntry }>((tie) => ({
    tree: fc.uniqueArray(fc.tuple(name, tie('entry')), { selector: ([key]) => key, maxLength: 5 }),
    entry: fc.oneof({ depthSize: 'small', withCrossShrink: true },
      fc.record({ kind: fc.constant('file'), content: fc.uint8Array({ maxLength: 1_200 }), known }),
      fc.record({ kind: fc.constant('holes'), bytes: fc.constantFrom(511, 512, 70_000), known }),
      fc.record({ kind: fc.constant('link'), target: fc.oneof(fc.constantFrom('..', '/', 'folder/', '/etc/passwd', 'y'.repeat(1_000)), name), known }),
      fc.record({ kind: fc.constant('folder'), inside: tie('tree'), known })),
  }));
  return tree;
}

/** Makes it, what is in a folder before what is known of that. Whoever is not root owns it, and may look into it. */
export async function plant(root: string, tree: OddTree): Promise<void> {
  await mkdir(root, { recursive: true });
  for (const [key, entry] of tree) {
    const place = join(root, key);
    if (entry.kind === 'file') await writeFile(place, entry.content);
    else if (entry.kind === 'link') await symlink(entry.target, place);
    else if (entry.kind === 'folder') await plant(place, entry.inside);
    else await writeFile(place, '').then(() => truncate(place, entry.bytes));
    await describe(place, entry);
  }
}

async function describe(place: string, { kind, known: { mode: bits, uid, gid, seconds: at } }: OddEntry): Promise<void> {
  if (isRoot) await lchown(place, uid, gid);
  if (kind !== 'link') await chmod(place, isRoot ? bits : bits | 0o700);
  await lutimes(place, String(at), String(at));
}

function isName(text: string): boolean {
  return text !== '.' && text !== '..' && !/[/\0]/.test(text) && !/\p{Surrogate}/u.test(text) && Buffer.byteLength(text) <= MOST_NAME_BYTES;
}
