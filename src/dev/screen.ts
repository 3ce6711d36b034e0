/** Where the stack speaks to its user: lines that stay, and on a terminal one line that is redrawn. */
export interface Screen {
  /** Whether `current` is seen at all. */
  readonly redraws: boolean;
  readonly line: (text: string) => void;
  /** Replaces the redrawn line; undefined removes it. Shown on a terminal only. */
  readonly current: (text: string | undefined) => void;
}

const CLEAR = '\r\x1b[K';

export function createScreen(out: NodeJS.WriteStream): Screen {
  let drawn: string | undefined;
  const draw = (text: string | undefined) => {
    if (!out.isTTY) return;
    out.write(CLEAR + (text ?? '').slice(0, Math.max(20, out.columns - 1)));
    drawn = text;
  };
  return {
    redraws: out.isTTY,
    line(text) {
      const kept = drawn;
      if (kept !== undefined) out.write(CLEAR);
      out.write(`${text}\n`);
      if (kept !== undefined) draw(kept);
    },
    current: draw,
  };
}
