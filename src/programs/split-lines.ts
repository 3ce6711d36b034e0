import { StringDecoder } from 'node:string_decoder';

/** A longer line comes in pieces of about this size: a program cannot fill the memory with one. */
const MAX_LINE_LENGTH = 1_048_576;

export interface LineSplitter {
  readonly take: (chunk: Buffer) => void;
  /** Gives the last line, should it lack its newline. */
  end(): void;
}

/** Makes lines of chunks that may end anywhere, also inside of a character. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    take(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
      if (rest.length > MAX_LINE_LENGTH) {
        onLine(rest);
        rest = '';
      }
    },
    end() {
      rest += decoder.end();
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
