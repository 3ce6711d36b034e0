/** A store of measurements that answers a query with one number. */
export interface MetricSource {
  /**
   * @param query with all placeholders filled in.
   * @throws METRIC_UNAVAILABLE when the store does not answer, refuses the query, or answers with less than it was asked for.
   */
  query(query: string, signal?: AbortSignal): Promise<MetricAnswer>;
}

export interface MetricAnswer {
  /** Absent when the query has no result or is not a number: that is no data, not zero. */
  readonly value?: number;
  /** What the store remarks on the query, for people. */
  readonly notes?: readonly string[];
}
