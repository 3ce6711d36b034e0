/** Output of a program, bounded: its beginning and its end are kept, what is between them is dropped. */
export interface KeptOutput {
  add(chunk: Buffer): void;
  /** Whether something was dropped. */
  readonly cut: boolean;
  text(): string;
}

/** @param limitBytes of both parts together. */
export function keepOutput(limitBytes: number): KeptOutput {
  const headLimit = Math.ceil(limitBytes / 2);
  const tailLimit = limitBytes - headLimit;
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  let dropped = 0;

  return {
    add(chunk) {
      const room = Math.max(0, headLimit - head.length);
      if (room > 0) head = Buffer.concat([head, chunk.subarray(0, room)]);
      const rest = Buffer.concat([tail, chunk.subarray(room)]);
      const over = Math.max(0, rest.length - tailLimit);
      dropped += over;
      tail = rest.subarray(over);
    },
    get cut() {
      return dropped > 0;
    },
    text() {
      return dropped > 0 ? `${head.toString()}\n… ${dropped} bytes left out …\n${tail.toString()}` : Buffer.concat([head, tail]).toString();
    },
  };
}
