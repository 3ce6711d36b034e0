/** A store of measurements that answers a query with one number. */
export interface MetricSource {
  /**
   * @param query with all placeholders filled in.
   * @returns undefined when the query has no result or is not a number: that is no data, not zero.
   * @throws METRIC_UNAVAILABLE when the store does not answer or refuses the query.
   */
  query(query: string, signal?: AbortSignal): Promise<number | undefined>;
}
