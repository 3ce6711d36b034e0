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
