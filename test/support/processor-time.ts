/** Milliseconds that the processor worked for it: others who work on the same machine make it no longer, as they do what a clock says. */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
