/** Does the work for each item, so many at a time, in their order. */
export async function atOnce<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(Array.from({ length: limit }, async () => {
    for (const item of left) await work(item);
  }));
}
