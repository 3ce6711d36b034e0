/** How a candidate is judged. */
export interface AnalysisSpec {
  readonly everyMs: number;
  /** Below this a rate may fail but not pass. */
  readonly minRequests: number;
  /** The recent past that is judged beside the whole bake, so that a late breach is not diluted. */
  readonly windowMs: number;
  /** No request in either slot is no reason to wait: health alone decides, unless this is set. */
  readonly requireTraffic: boolean;
  readonly noData: { readonly waitMs: number; readonly then: 'ask' | 'pass' | 'rollback' };
  readonly onBreach: 'rollback' | 'ask';
  /** What when nobody can judge (both slots out of reach, metrics away) for `noData.waitMs`. */
  readonly onError: 'hold' | 'rollback';
  /** How long a watch goes on without a Temporal server before it acts by itself. */
  readonly unattended: { readonly afterMs: number; readonly then: 'hold' | 'rollback' };
  /** Whether 4xx and times to the head are compared with stable's. Absent in plans of releases before it, which compared nothing: `stable`. */
  readonly compare?: 'stable' | 'off';
  /** Whether requests that get no answer fail the candidate. Absent in plans of releases before this rule: `on`. */
  readonly stuck?: 'on' | 'off';
  readonly metrics: Readonly<Record<string, MetricRule>>;
}

export type RouterMeasure = 'errorRate' | 'clientErrorRate' | 'latencyP50' | 'latencyP95' | 'latencyP99';

/** `from`: the operator's name of the Prometheus that is asked. @default 'default' */
export type MetricOrigin = { readonly kind: 'router'; readonly measure: RouterMeasure } | { readonly kind: 'prometheus'; readonly query: string; readonly from?: string };

/** One measure with its limits. Rates of the router are in basis points, latencies in ms, a query in its own unit. */
export interface MetricRule {
  readonly source: MetricOrigin;
  readonly max?: number;
  readonly min?: number;
  /** Fails at once. */
  readonly critical: boolean;
  /** Otherwise after so many breaching judgments. */
  readonly failures: { readonly inARow?: number; readonly total?: number };
}
