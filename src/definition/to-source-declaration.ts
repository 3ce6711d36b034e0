import type { CheckSpec, QuiesceSpec, RestoreSpec, ScheduleSpec, SourceDeclaration, SourceLocation } from '../domain/backup/source-spec.js';
import { mapValues } from '../domain/map-values.js';
import type { GateSpec, TextOrSecret } from '../domain/service/environment.js';
import { fillPlaceholders } from '../domain/service/placeholders.js';
import { ms, unchecked } from './checked.js';
import type { ResolvedEnvironment } from './definition-schema.js';
import { toHealthCheck } from './to-health-check.js';

type ResolvedSource = ResolvedEnvironment['backups'][string];
type ResolvedRestore = ResolvedSource['restore'];
type Fill = (text: string) => string;

export interface SourceSurroundings {
  readonly service: string;
  readonly environment: string;
  readonly gates: Readonly<Record<string, GateSpec>>;
}

/** A source with units parsed and placeholders filled in, so that one backup names the same data as the next. */
export function toSourceDeclaration(name: string, resolved: ResolvedSource, { service, environment, gates }: SourceSurroundings): SourceDeclaration {
  if (resolved.uses !== undefined) return { name, uses: toOwned(resolved.uses) };
  const fill: Fill = (text) => fillPlaceholders(text, { service, environment });
  const { repository, keep, timeout, maxAge, schedule, drill, restore } = resolved;
  return {
    name,
    at: toLocation(resolved, fill),
    repository: repository ?? unchecked('a source without a repository'),
    keep,
    timeoutMs: ms(timeout),
    maxAgeMs: maxAge === undefined ? null : ms(maxAge),
    ...(schedule && { schedule: toSchedule(schedule) }),
    ...(drill && { drill: toSchedule(drill) }),
    restore: toRestore(restore, gates, fill),
  };
}

function toOwned(uses: string): { service: string; source: string } {
  const [service, source] = uses.split('/');
  return service === undefined || source === undefined ? unchecked('a source of another service that names none') : { service, source };
}

function toLocation({ postgres, directory, sqlite }: ResolvedSource, fill: Fill): SourceLocation {
  if (postgres) return { kind: 'postgres', url: toTextOrSecret(postgres.url, fill), ...(postgres.admin !== undefined && { admin: toTextOrSecret(postgres.admin, fill) }) };
  if (directory) return { kind: 'directory', ...toPathOnHosts(directory, fill) };
  return sqlite ? { kind: 'sqlite', ...toPathOnHosts(sqlite, fill) } : unchecked('a source without a kind');
}

function toTextOrSecret(value: ResolvedUrl, fill: Fill): TextOrSecret {
  return typeof value === 'string' ? { text: fill(value) } : value;
}

type ResolvedUrl = NonNullable<ResolvedSource['postgres']>['url'];

function toPathOnHosts({ path, shared }: NonNullable<ResolvedSource['directory']>, fill: Fill): { readonly path: string; readonly shared?: boolean } {
  return { path: toPath(path, fill), ...(shared !== undefined && { shared }) };
}

/** Written in one way, so that two that name the same are the same. */
function toPath(path: string, fill: Fill): string {
  return fill(path).replace(/\/+/g, '/').replace(/\/$/, '');
}

function toSchedule({ cron, every, timezone, jitter, catchUp }: NonNullable<ResolvedSource['schedule']>): ScheduleSpec {
  const when = cron === undefined ? { kind: 'every' as const, everyMs: ms(every ?? unchecked('a schedule without a kind')) } : { kind: 'cron' as const, cron };
  return { when, timezone, jitterMs: ms(jitter), catchUpMs: ms(catchUp) };
}

function toRestore({ gate, keepOld, quiesce, checks, verify }: ResolvedRestore, gates: SourceSurroundings['gates'], fill: Fill): RestoreSpec {
  return {
    ...(gate !== undefined && { gate: toNamedGate(gate, gates) }),
    keepOldMs: ms(keepOld),
    ...(quiesce && { quiesce: toQuiesce(quiesce, fill) }),
    checks: mapValues(checks, (check) => toCheck(check, fill)),
    verify: mapValues(verify, toHealthCheck),
  };
}

/** A gate of the environment together with its name. */
export function toNamedGate(name: string, gates: SourceSurroundings['gates']): GateSpec & { readonly name: string } {
  const gate = gates[name] ?? unchecked(`the gate ${name}`);
  return { ...gate, name };
}

function toQuiesce({ command, readOnly }: NonNullable<ResolvedRestore['quiesce']>, fill: Fill): QuiesceSpec {
  if (command) return { kind: 'command', stop: command.stop.map(fill), start: command.start.map(fill), timeoutMs: ms(command.timeout) };
  return readOnly ? { kind: 'read-only' } : unchecked('a quiesce without a kind');
}

function toCheck({ query, command, timeout }: ResolvedRestore['checks'][string], fill: Fill): CheckSpec {
  if (query !== undefined) return { kind: 'query', sql: fill(query), timeoutMs: ms(timeout) };
  return command ? { kind: 'command', command: command.map(fill), timeoutMs: ms(timeout) } : unchecked('a check of a copy without a kind');
}
