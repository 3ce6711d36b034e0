/** The databases of one run beside the one that is live. */
export interface RunNames {
  readonly live: string;
  /** Under way: becomes the copy when it is complete, so that a copy is never half of one. */
  readonly filling: string;
  readonly copy: string;
  readonly old: string;
}

/** PostgreSQL cuts longer names off in silence. */
const LIMIT_BYTES = 63;

/** `<live>_copy_<run>` and its like; a long name of the live one is cut between two characters. */
export function runNames(live: string, run: string): RunNames {
  const named = (what: string) => {
    const ending = `_${what}_${run.toLowerCase()}`;
    return cut(live, LIMIT_BYTES - Buffer.byteLength(ending)) + ending;
  };
  return { live, filling: named('fill'), copy: named('copy'), old: named('old') };
}

function cut(text: string, bytes: number): string {
  let kept = '';
  for (const character of text) {
    if (Buffer.byteLength(kept + character) > bytes) break;
    kept += character;
  }
  return kept;
}
