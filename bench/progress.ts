/** One line that says what happens now; on a terminal it is written over. */
export interface Progress {
  now(text: string): void;
  /** Stays on the screen. */
  line(text: string): void;
}

const CLEAR_LINE = '\r\u001b[2K';

export function createProgress(stream: NodeJS.WriteStream): Progress {
  const clear = stream.isTTY ? CLEAR_LINE : '';
  return {
    now: (text) => void stream.write(stream.isTTY ? `${clear}  ${text} …` : `  ${text} …\n`),
    line: (text) => void stream.write(`${clear}${text}\n`),
  };
}
