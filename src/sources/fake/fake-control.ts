import { type ErrorCode, SlipwayError } from '../../domain/errors.js';
import type { Source, SourceContext } from '../source.js';
import type { FakeData, FakeRuns } from './fake-runs.js';

export type FakeSourceCall = Exclude<keyof Source, 'kind'>;

export interface HeldSourceCall {
  /** Resolves when the call has come. */
  readonly arrived: Promise<void>;
  /** Lets it act. */
  release(): void;
}

/** Steers what happens to the source from outside: its application, failures, strangers. */
export interface FakeSourceControl {
  /** In the order in which they came. */
  readonly calls: readonly { readonly call: FakeSourceCall; readonly run: string }[];
  /** The application writes to what is live. @throws while writes are stopped */
  put(key: string, value?: string): void;
  remove(key: string): void;
  /** What is live. */
  live(): Readonly<Record<string, string>>;
  copy(run: string): Readonly<Record<string, string>> | undefined;
  old(run: string): Readonly<Record<string, string>> | undefined;
  /** Somebody writes to a copy. */
  tamper(run: string, key: string, value?: string): void;
  readonly writable: boolean;
  /** The next calls of this name reject before they act. @param times @default 1 */
  fail(call: FakeSourceCall, code: ErrorCode, times?: number): void;
  /** The next calls of this name act and then reject: their answer is lost. @param times @default 1 */
  failAfter(call: FakeSourceCall, code: ErrorCode, times?: number): void;
  /** Stops the next call of this name before it acts, until it is released or aborted. */
  holdNext(call: FakeSourceCall): HeldSourceCall;
}

/** What stands in the way of calls. */
export interface FakeFaults {
  pass<T>(call: FakeSourceCall, context: SourceContext, act: () => T | Promise<T>): Promise<T>;
}

interface Fault {
  readonly call: FakeSourceCall;
  readonly when: 'before' | 'after';
  readonly meet: (signal: AbortSignal) => Promise<void>;
}

export function createFakeControl(runs: FakeRuns): { control: FakeSourceControl; faults: FakeFaults } {
  const calls: { call: FakeSourceCall; run: string }[] = [];
  const faults: Fault[] = [];

  function failing(when: Fault['when']) {
    return (call: FakeSourceCall, code: ErrorCode, times = 1): void => {
      for (let n = 0; n < times; n += 1) faults.push({ call, when, meet: () => Promise.reject(new SlipwayError(code, `The source is told to fail at ${call}.`)) });
    };
  }

  async function meet(call: FakeSourceCall, when: Fault['when'], signal: AbortSignal): Promise<void> {
    const index = faults.findIndex((fault) => fault.call === call && fault.when === when);
    if (index >= 0) await faults.splice(index, 1)[0]?.meet(signal);
  }

  const control: FakeSourceControl = {
    calls,
    put: (key, value = key) => void writable(runs.live).rows.set(key, value),
    remove: (key) => void writable(runs.live).rows.delete(key),
    live: () => Object.fromEntries(runs.live.rows),
    copy: (run) => shown(runs.of(run).copy),
    old: (run) => shown(runs.of(run).old),
    tamper: (run, key, value = key) => void runs.of(run).copy?.rows.set(key, value),
    get writable() {
      return runs.live.readOnlyFor === null;
    },
    fail: failing('before'),
    failAfter: failing('after'),
    holdNext(call) {
      let arrive = (): void => undefined;
      let release = (): void => undefined;
      const arrived = new Promise<void>((resolve) => void (arrive = resolve));
      const released = new Promise<void>((resolve) => void (release = resolve));
      faults.push({ call, when: 'before', meet: (signal) => {
        arrive();
        return Promise.race([released, abortOf(signal)]);
      } });
      return { arrived, release };
    },
  };
  return {
    control,
    faults: {
      async pass(call, { run, signal }, act) {
        signal.throwIfAborted();
        calls.push({ call, run });
        await meet(call, 'before', signal);
        const result = await act();
        await meet(call, 'after', signal);
        return result;
      },
    },
  };
}

function writable(data: FakeData): FakeData {
  if (data.readOnlyFor !== null) throw new Error('cannot execute INSERT in a read-only transaction');
  return data;
}

function shown(data: FakeData | undefined): Record<string, string> | undefined {
  return data && Object.fromEntries(data.rows);
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
