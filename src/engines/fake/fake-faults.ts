import { type ErrorCode, SlipwayError } from '../../domain/errors.js';
import type { Engine } from '../engine.js';

export type FakeEngineCall = Exclude<keyof Engine, 'name' | 'kind'>;

export interface HeldEngineCall {
  /** Resolves when the call has come. */
  readonly arrived: Promise<void>;
  /** Lets it act. */
  release(): void;
}

/** Steers what stands in the way of calls. */
export interface FakeEngineFaults {
  /** In the order in which they came. */
  readonly calls: readonly FakeEngineCall[];
  /** The next calls of this name reject before they act. @param times @default 1 */
  fail(call: FakeEngineCall, code: ErrorCode, times?: number): void;
  /** The next calls of this name act and then reject: their answer is lost. @param times @default 1 */
  failAfter(call: FakeEngineCall, code: ErrorCode, times?: number): void;
  /** Stops the next call of this name before it acts, until it is released or aborted. */
  holdNext(call: FakeEngineCall): HeldEngineCall;
}

type Pass = <T>(call: FakeEngineCall, signal: AbortSignal, act: () => T | Promise<T>) => Promise<T>;

interface Fault {
  readonly call: FakeEngineCall;
  readonly when: 'before' | 'after';
  readonly meet: (signal: AbortSignal) => Promise<void>;
}

export function createFakeFaults(): FakeEngineFaults & { readonly pass: Pass } {
  const calls: FakeEngineCall[] = [];
  const faults: Fault[] = [];

  function failing(when: Fault['when']) {
    return (call: FakeEngineCall, code: ErrorCode, times = 1): void => {
      for (let n = 0; n < times; n += 1) faults.push({ call, when, meet: () => Promise.reject(new SlipwayError(code, `The engine is told to fail at ${call}.`)) });
    };
  }

  async function meet(call: FakeEngineCall, when: Fault['when'], signal: AbortSignal): Promise<void> {
    const index = faults.findIndex((fault) => fault.call === call && fault.when === when);
    if (index >= 0) await faults.splice(index, 1)[0]?.meet(signal);
  }

  return {
    calls,
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
    async pass(call, signal, act) {
      signal.throwIfAborted();
      calls.push(call);
      await meet(call, 'before', signal);
      const result = await act();
      await meet(call, 'after', signal);
      return result;
    },
  };
}

function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}
