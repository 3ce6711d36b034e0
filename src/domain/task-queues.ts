/** Workflows, and the activities that reach nothing but the database and the receivers of notices. */
export const WORKFLOW_QUEUE = 'slipway';

/** Reads, shifts, launches: slots of their own, so that nothing starves a rollback. */
export function trafficQueue(site: string): string {
  return `slipway-traffic.${site}`;
}

/** Watches: one slot each for as long as a candidate has traffic, so there are thousands. */
export function watchQueue(site: string): string {
  return `slipway-watch.${site}`;
}

/** What a restore does to live data in an instant, and back: slots of their own, so that no backup of hours keeps writes stopped. */
export function swapQueue(site: string): string {
  return `slipway-swap.${site}`;
}

/** Backups and restores: hours of reading and writing, so few at a time. */
export function heavyQueue(site: string): string {
  return `slipway-heavy.${site}`;
}

/** Workflows that live for ever: apart from the sequences, as they go on under each new build while those stay on theirs. */
export const ENTITIES_QUEUE = 'slipway-entities';
