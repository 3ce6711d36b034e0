import type { Target } from '../../src/targets/target.js';

type TargetCall = 'launch' | 'status' | 'retire';

/** A call that was stopped right before it reached the target. */
export interface ParkedCall {
  readonly arrived: Promise<void>;
  release(): void;
}

export interface ParkedTarget {
  readonly target: Target;
  /** Stops the next call of this name, as a process that is stopped would. */
  parkNext(call: TargetCall): ParkedCall;
}

/** The target itself, whose calls can be held up. */
export function parkedTarget(inner: Target): ParkedTarget {
  const waiting = new Map<TargetCall, () => Promise<void>>();
  const pass = async (call: TargetCall): Promise<void> => {
    const hold = waiting.get(call);
    waiting.delete(call);
    await hold?.();
  };
  return {
    target: {
      name: inner.name,
      launch: async (request, signal) => (await pass('launch'), inner.launch(request, signal)),
      status: async (ref, signal) => (await pass('status'), inner.status(ref, signal)),
      retire: async (request, signal) => (await pass('retire'), inner.retire(request, signal)),
    },
    parkNext(call) {
      let release = (): void => undefined;
      const released = new Promise<void>((resolve) => void (release = resolve));
      const arrived = new Promise<void>((resolve) => void waiting.set(call, () => (resolve(), released)));
      return { arrived, release: () => release() };
    },
  };
}
