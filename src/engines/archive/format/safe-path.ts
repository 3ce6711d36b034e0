import { SlipwayError } from '../../../domain/errors.js';

/** A relative path that stays where it is joined to. @throws UNSAFE_PATH */
export function safePath(path: string): string {
  const segments = path.split('/');
  if (path.includes('\0') || segments.some((segment) => ['', '.', '..'].includes(segment))) {
    throw unsafePath(path);
  }
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
