/** What each version does by itself. A version that is not listed behaves like v1. */
const VERSIONS = {
  v1: { errorRate: 0, latencyMs: 2 },
  v2: { errorRate: 0, latencyMs: 2 },
  v3: { errorRate: 1 / 3, latencyMs: 2 },
  v4: { errorRate: 0, latencyMs: 2 },
};

const LIMITS = { errorRate: 1, latencyMs: 60_000, slowStartMs: 600_000 };

/**
 * How this instance behaves: its version's behaviour, overridden by ERROR_RATE (0 to 1), LATENCY_MS and SLOW_START_MS.
 * @param {NodeJS.ProcessEnv} env
 */
export function behaviourOf(env) {
  const version = env.SLIPWAY_VERSION ?? 'v1';
  const asked = { errorRate: env.ERROR_RATE, latencyMs: env.LATENCY_MS, slowStartMs: env.SLOW_START_MS };
  const set = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined).map(([key, value]) => [key, Number(value)]));
  return { version, healthy: true, slowStartMs: 0, ...(VERSIONS[version] ?? VERSIONS.v1), ...checked(set) };
}

/**
 * The part of a behaviour that a body of `POST /chaos` may change.
 * @throws {RangeError} naming the key that is unknown or out of its range
 */
export function checked(change) {
  for (const [key, value] of Object.entries(change)) {
    if (key === 'healthy' && typeof value === 'boolean') continue;
    if (!(key in LIMITS)) throw new RangeError(`${key} is not one of errorRate, latencyMs, slowStartMs, healthy`);
    if (typeof value !== 'number' || !(value >= 0 && value <= LIMITS[key])) throw new RangeError(`${key} must be a number from 0 to ${LIMITS[key]}`);
  }
  return change;
}

/** Answers true for exactly `rate` of the calls, evenly spread: one in three means every third. */
export function createErrorSpreader() {
  let owed = 0;
  return (rate) => {
    owed += rate;
    if (owed < 1 - 1e-9) return false;
    owed -= 1;
    return true;
  };
}
