interface Reading<T> {
  readonly current: Promise<T>;
  next?: Promise<T>;
}

/**
 * One reading at a time of each thing. Who comes while it is being read shares the next reading with all others who do: that one begins after
 * they came, so nobody is given what was so before they asked.
 */
export class SharedReadings<T> {
  private readonly readings = new Map<string, Reading<T>>();

  /** @param key what is read: `work` must be the same reading each time */
  read(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.readings.get(key);
    if (!known) return this.begin(key, work);
    const begin = (): Promise<T> => this.begin(key, work);
    known.next ??= known.current.then(begin, begin);
    return known.next;
  }

  private begin(key: string, work: () => Promise<T>): Promise<T> {
    const reading: Reading<T> = {
      current: work().finally(() => {
        if (!reading.next) this.readings.delete(key);
      }),
    };
    this.readings.set(key, reading);
    return reading.current;
  }
}
