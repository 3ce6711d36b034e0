/** An answer takes a part of a millisecond of the one thread: so many keep nobody else waiting for long. */
const AT_ONCE = 8;

/** Lets a crowd that was woken at once go on a few at a time, with everybody else's requests in between. */
export class Turns {
  private readonly line: (() => void)[] = [];

  take(): Promise<void> {
    return new Promise((resolve) => {
      this.line.push(resolve);
      if (this.line.length === 1) setImmediate(this.next);
    });
  }

  private readonly next = (): void => {
    for (const go of this.line.splice(0, AT_ONCE)) go();
    if (this.line.length > 0) setImmediate(this.next);
  };
}
