/** What the keeper's workflow asks of the outside. */
export interface KeeperSteps {
  /** Looks after what no deployment looks after, round after round, for about an hour. */
  keep: [input: { readonly site: string }, result: KeptRounds];
}

/** What an hour of rounds came to. */
export interface KeptRounds {
  readonly rounds: number;
}
