/** What the keeper of a site is started with. */
export interface KeeperInput {
  readonly site: string;
}
