import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Is told which process groups must not outlive this process. */
export interface GroupWatch {
  /**
   * Ends the group when this process dies, however it dies; and kills it once a time is over that is not put off by another call, also while this
   * process is frozen.
   *
   * @param untilMs by `monotonicMs`
   */
  watch(group: number, untilMs?: number): void;
  /** The group has ended, or may live on. */
  release(group: number): void;
}

export interface Guardian extends GroupWatch {
  /** Ends what is still watched, and what is recorded; returns when all of it is gone. */
  close(): Promise<void>;
}

export interface GuardianOptions {
  /** A folder of records `<name>.json` `{pid, startTime}`: leaders of groups that end with this process too. */
  readonly records?: string;
  /** The command that starts the guardian. @default node with the compiled `guardian-main.js` */
  readonly command?: readonly [string, ...string[]];
}

const RESTART_AFTER_MS = 200;

/** Starts the guardian, a small process of its own session, and starts it again should it die. */
export function startGuardian(options: GuardianOptions = {}): Guardian {
  const watched = new Map<number, number | undefined>();
  let closed = false;
  let child = start();

  function start(): ChildProcess {
    const [file, ...args] = [...(options.command ?? defaultCommand()), ...(options.records ? ['--records', options.records] : [])];
    // Nothing of the starter's output is inherited: a pipe that it keeps open would look like a live starter to whoever reads it.
    const started = spawn(file, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: { PATH: process.env['PATH'] } });
    started.once('error', restart);
    started.once('exit', restart);
    // A write to a guardian that has just died fails; its successor is told everything anew.
    started.stdin?.on('error', () => undefined);
    started.unref();
    for (const [group, untilMs] of watched) started.stdin?.write(lineOf(group, untilMs));
    return started;
  }

  function restart(): void {
    if (closed) return;
    setTimeout(() => {
      if (!closed) child = start();
    }, RESTART_AFTER_MS).unref();
  }

  return {
    watch(group, untilMs) {
      watched.set(group, untilMs);
      child.stdin?.write(lineOf(group, untilMs));
    },
    release(group) {
      watched.delete(group);
      child.stdin?.write(`-${group}\n`);
    },
    async close() {
      if (closed) return;
      closed = true;
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      child.ref();
      child.stdin?.end();
      await once(child, 'exit');
    },
  };
}

function lineOf(group: number, untilMs: number | undefined): string {
  return untilMs === undefined ? `+${group}\n` : `+${group} ${Math.floor(untilMs)}\n`;
}

function defaultCommand(): [string, ...string[]] {
  return [process.execPath, fileURLToPath(new URL('./guardian-main.js', import.meta.url))];
}
