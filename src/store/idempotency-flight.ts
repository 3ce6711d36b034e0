/** After this long a request that was not answered counts as dead, and its retry takes over. */
export const IN_FLIGHT_MS = 30_000;
