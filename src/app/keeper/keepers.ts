/** The workflows that look after a site between deployments. */
export interface Keepers {
  /** Starts the site's keeper unless it runs; whoever asks at the same time gets the same one. @throws TEMPORAL_UNAVAILABLE, TEMPORAL_NOT_PREPARED */
  ensure(site: string): Promise<void>;
}
