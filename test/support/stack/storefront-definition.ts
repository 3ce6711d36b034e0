export interface StorefrontDefinition {
  /** @default 'storefront' */
  readonly service?: string;
  readonly backend: string;
  readonly steps: readonly { readonly traffic: string; readonly bake: string; readonly gate?: string }[];
  /** @default '500ms' */
  readonly keepWarm?: string;
  /** @default 1 */
  readonly instances?: number;
  /** Answers in a row until an instance counts as healthy, at ten a second. @default 1 */
  readonly healthyAfter?: number;
  /** More of the environment: `backups`, `protect`. @default nothing */
  readonly data?: object;
}

/** The example as its team would describe it, with times short enough for a test. */
export function storefront({ service = 'storefront', backend, steps, keepWarm = '500ms', instances = 1, healthyAfter = 1, data = {} }: StorefrontDefinition): object {
  return {
    service,
    defaults: {
      router: { use: 'edge', backend }, target: { use: 'local', instances }, launch: { timeout: '30s' }, drain: { timeout: '5s' }, keepWarm,
      health: { web: { http: { path: '/healthz', expect: 200 }, every: '100ms', timeout: '2s', healthyAfter, unhealthyAfter: 3 } },
      analysis: { every: '100ms', minRequests: 20, noData: { wait: '1s', then: 'pass' }, metrics: { errors: { router: 'errorRate', max: '5%', critical: true } } },
    },
    environments: { test: { strategy: { canary: steps }, gates: { people: {} }, ...data } },
  };
}
