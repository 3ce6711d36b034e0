import { canonicalJson, type Json, type JsonObject } from '../json.js';
import type { EnvironmentSpec, HealthCheck } from '../service/environment.js';

/** What a slot holds: a version with this environment's resolved target, launch, health, drain and router. An undo restores these and nothing else. */
export interface Release {
  readonly version: string;
  readonly target: { readonly use: string; readonly instances: number; readonly with: JsonObject };
  readonly launch: { readonly timeoutMs: number };
  readonly health: Readonly<Record<string, HealthCheck>>;
  readonly drain: { readonly timeoutMs: number };
  readonly router: { readonly use: string; readonly backend: string };
}

export function releaseOf(spec: EnvironmentSpec, version: string): Release {
  const { target, launch, health, drain, router } = spec;
  return { version, target, launch, health, drain, router };
}

export function identical(a: Release, b: Release): boolean {
  return canonical(a) === canonical(b);
}

function canonical(release: Release): string {
  // A release is plain data: the round trip drops undefined keys, as storage does.
  return canonicalJson(JSON.parse(JSON.stringify(release)) as Json);
}
