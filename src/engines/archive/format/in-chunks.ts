/** The same bytes in buffers of exactly `size` bytes, the last one shorter. Nothing for nothing. */
export async function* inChunks(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of source) {
    let start = 0;
    while (held + chunk.length - start >= size) {
      const end = start + size - held;
      yield joined([...waiting, chunk.subarray(start, end)]);
      waiting = [];
      held = 0;
      start = end;
    }
    if (start < chunk.length) waiting.push(chunk.subarray(start));
    held += chunk.length - start;
  }
  if (held > 0) yield joined(waiting);
}

/** The same bytes in pieces that fill `buffer`, the last one shorter. Each is the buffer itself: it is valid until the next is asked for. */
export async function* inBuffer(source: AsyncIterable<Uint8Array>, buffer: Buffer): AsyncGenerator<Buffer> {
  let held = 0;
  for await (const chunk of source) {
    for (let start = 0; start < chunk.length;) {
      const taken = Math.min(chunk.length - start, buffer.length - held);
      buffer.set(chunk.subarray(start, start + taken), held);
      start += taken;
      held += taken;
      if (held === buffer.length) {
        yield buffer;
        held = 0;
      }
    }
  }
  if (held > 0) yield buffer.subarray(0, held);
}

/** Each item with whether it is the last one. */
export async function* markLast<T>(source: AsyncIterable<T>): AsyncGenerator<{ readonly item: T; readonly last: boolean }> {
  let before: { readonly item: T } | undefined;
  for await (const item of source) {
    if (before) yield { item: before.item, last: false };
    before = { item };
  }
  if (before) yield { item: before.item, last: true };
}

function joined(chunks: readonly Uint8Array[]): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first ? Buffer.from(first.buffer, first.byteOffset, first.byteLength) : Buffer.concat(chunks);
}
