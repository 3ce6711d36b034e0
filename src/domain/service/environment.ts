import type { AnalysisSpec } from '../analysis/rule.js';
import type { SourceDeclaration } from '../backup/source-spec.js';
import type { JsonObject } from '../json.js';
import type { BasisPoints } from '../share.js';

/** One environment of a service, resolved: defaults merged, units parsed, every key there. */
export interface EnvironmentSpec {
  readonly service: string;
  readonly environment: string;
  readonly owner?: string;
  readonly router: { readonly use: string; readonly backend: string };
  readonly target: { readonly use: string; readonly instances: number; readonly with: JsonObject };
  readonly launch: { readonly timeoutMs: number };
  readonly drain: { readonly timeoutMs: number };
  readonly keepWarmMs: number;
  readonly firstFailure: 'hold' | 'stop';
  readonly health: Readonly<Record<string, HealthCheck>>;
  /** Checks that each instance must pass once before it gets traffic. */
  readonly verify: Readonly<Record<string, HealthCheck>>;
  readonly analysis: AnalysisSpec;
  readonly strategy: StrategySpec;
  readonly alternatives: Readonly<Record<string, StrategySpec>>;
  readonly gates: Readonly<Record<string, GateSpec>>;
  readonly notify: Readonly<Record<string, NotifySpec>>;
  /** Data of this service that is backed up, its own or another one's, by name. */
  readonly backups: Readonly<Record<string, SourceDeclaration>>;
  readonly protect?: ProtectSpec;
}

/** What surrounds every deployment of the environment so that its data survives it. */
export interface ProtectSpec {
  /** `before`: every source of the environment is backed up, and verified, before anything else. */
  readonly backup: 'before' | 'none';
  readonly migrate: {
    /** Before the candidate is launched; what runs must be able to live with it. */
    readonly expand?: CommandSpec;
    /** After the old release is retired: nothing goes back behind it. */
    readonly contract?: CommandSpec & { readonly gate?: GateSpec & { readonly name: string } };
    /** Takes `expand` back, once the candidate is retired. */
    readonly revert?: CommandSpec;
  };
}

/** A program of the user: run without a shell, and safe to run again. */
export interface CommandSpec {
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

/** A check of one instance; `http` and `tcp` go to the instance's own address. */
export interface HealthCheck {
  readonly check:
    | { readonly kind: 'http'; readonly path: string; readonly expect: number; readonly headers: Readonly<Record<string, string>> }
    | { readonly kind: 'tcp' }
    | { readonly kind: 'command'; readonly command: readonly string[] };
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly healthyAfter: number;
  readonly unhealthyAfter: number;
  /** An answer slower than `criticalMs` counts as a failed one; slower than `warningMs` is a note. */
  readonly slow?: { readonly warningMs?: number; readonly criticalMs?: number };
}

export type StrategySpec =
  | { readonly kind: 'canary'; readonly steps: readonly StepSpec[] }
  | { readonly kind: 'blueGreen'; readonly gate?: string };

export interface StepSpec {
  readonly share: BasisPoints;
  readonly bakeMs: number;
  readonly gate?: string;
}

export interface GateSpec {
  readonly role?: string;
  readonly quorum: number;
  readonly notOwnChange: boolean;
  readonly timeoutMs: number;
  readonly onTimeout: 'abort' | 'proceed' | 'remind';
}

export interface NotifySpec {
  readonly via: { readonly kind: 'log' } | {
    readonly kind: 'webhook';
    readonly url: TextOrSecret;
    /** Name of the secret that signs what is sent. */
    readonly signWith?: string;
  };
  readonly on: readonly string[];
}

/** A secret is a name until the moment of use. */
export type TextOrSecret = { readonly text: string } | { readonly secret: string };
