/** So many at once; the others wait in the order in which they came. */
export class Lane {
  private readonly line: (() => void)[] = [];

  constructor(private free: number) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /**
   * The same for work that is worth nothing after `withinMs`, its time in the line included.
   *
   * @returns undefined when its turn did not come in time
   */
  async runWithin<T>(withinMs: number, work: (leftMs: number) => Promise<T>): Promise<T | undefined> {
    const begun = performance.now();
    if (!(await this.enterWithin(withinMs))) return undefined;
    try {
      return await work(withinMs - (performance.now() - begun));
    } finally {
      this.leave();
    }
  }

  private enter(): Promise<void> {
    return new Promise((resolve) => this.join(resolve));
  }

  private enterWithin(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(late);
        resolve(true);
      };
      const late = setTimeout(() => {
        this.line.splice(this.line.indexOf(go), 1);
        resolve(false);
      }, withinMs);
      this.join(go);
    });
  }

  private join(go: () => void): void {
    if (this.free === 0) {
      this.line.push(go);
      return;
    }
    this.free -= 1;
    go();
  }

  private leave(): void {
    const next = this.line.shift();
    if (next) next();
    else this.free += 1;
  }
}
