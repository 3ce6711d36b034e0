export type Environment = Readonly<Record<string, string | undefined>>;

/** What a program sees of our own environment: all but our settings and secrets. */
export function programEnvironment(own: Environment, given: Environment = {}): NodeJS.ProcessEnv {
  const passed = Object.entries(own).filter(([name]) => !/^(SLIPWAY|TEMPORAL)_/.test(name));
  return { ...Object.fromEntries(passed), ...given };
}
