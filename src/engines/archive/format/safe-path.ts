import { SlipwayError } from '../../../domain/errors.js';

/** Whether a relative path stays below what it is joined to. */
export function isSafePath(path: string): boolean {
  return !path.includes('\0') && path.split('/').every((segment) => !['', '.', '..'].includes(segment));
}

/** @throws UNSAFE_PATH */
export function safePath(path: string): string {
  if (!isSafePath(path)) throw unsafePath(path);
  return path;
}

export function unsafePath(path: string): SlipwayError {
  return new SlipwayError('UNSAFE_PATH', `${JSON.stringify(path)} is no name of a place inside of the folder it is meant for.`);
}

/** Every folder above a path, the outermost first. */
export function foldersAbove(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(0, -1).map((_, depth) => segments.slice(0, depth + 1).join('/'));
}
