import { formatBytes } from '../../domain/bytes.js';

const EVERY_MS = 1_000;

/** Counts bytes and tells, at most once a second, how many there were and how fast. */
export function meterOf(tell: (progress: { readonly bytes: number; readonly text: string }) => void, now: () => number = () => performance.now()): (bytes: number) => void {
  const began = now();
  let told = began;
  let bytes = 0;
  return (more) => {
    bytes += more;
    const at = now();
    if (at - told < EVERY_MS) return;
    told = at;
    tell({ bytes, text: `${formatBytes(bytes)}, ${formatBytes((bytes * 1_000) / (at - began))}/s` });
  };
}
