import { z } from 'zod';
import { type ErrorCode, type Problem, SlipwayError } from '../domain/errors.js';
import type { Json, JsonObject } from '../domain/json.js';
import { checkBackups } from '../domain/service/check-backups.js';
import { checkGates } from '../domain/service/check-gates.js';
import { checkMetrics } from '../domain/service/check-metrics.js';
import { checkPlaces } from '../domain/service/check-places.js';
import { checkPlaceholders } from '../domain/service/check-placeholders.js';
import { checkProtect } from '../domain/service/check-protect.js';
import { checkStrategies } from '../domain/service/check-strategies.js';
import type { Complaint } from '../domain/service/complaint.js';
import type { EnvironmentSpec } from '../domain/service/environment.js';
import { pointerOf } from '../domain/service/json-pointer.js';
import { isJsonObject, merge, objectOr } from '../domain/service/merge.js';
import { definitionSchema, environmentSchema, type ResolvedEnvironment } from './definition-schema.js';
import { type EnvironmentParts, partsOf, writtenAt } from './environment-parts.js';
import { named } from './fields.js';
import { plainJson } from './plain-json.js';
import { checkSchema, unknownKeys } from './schema-problems.js';
import { toEnvironmentSpec } from './to-environment-spec.js';

export interface ParsedDefinition {
  /** As its writer wrote it, and always with its service. */
  readonly definition: JsonObject;
  readonly environments: Readonly<Record<string, EnvironmentSpec>>;
}

const MOST_PROBLEMS = 100;
const MOST_ENVIRONMENTS = 50;
/** Releases and plans are cut from a definition and travel through Temporal, whose payloads end at 2 MB. */
const LARGEST_BYTES = 262_144;

const envelope = z.looseObject({
  service: definitionSchema.shape.service,
  owner: definitionSchema.shape.owner,
  defaults: z.record(z.string(), z.unknown()).nullish(),
  environments: named(z.record(z.string(), z.unknown()), '')
    .refine((all) => Object.keys(all).length > 0, 'must have at least one environment')
    .refine((all) => Object.keys(all).length <= MOST_ENVIRONMENTS, `must have at most ${MOST_ENVIRONMENTS} environments`),
});

/**
 * A team's definition, checked in full: defaults merged, units parsed.
 *
 * @param input anything; JSON or YAML that has been read.
 * @throws DEFINITION_INVALID with every problem; IDENTITY_REQUIRED, QUIESCE_UNSUPPORTED, QUIESCE_REQUIRED when that is all that is wrong.
 */
export function parseDefinition(input: unknown, { service }: { service: string }): ParsedDefinition {
  const plain = plainJson(input);
  refuse(plain.complaints);
  const definition = rootOf(plain.value);
  refuseLarge(definition);
  const envelopeComplaints = checkEnvelope(definition, service);
  const names = Object.keys(objectOr(definition['environments']));
  if (names.length > MOST_ENVIRONMENTS) refuse(envelopeComplaints);

  const defaults = merge({}, objectOr(definition['defaults']));
  const complaints = [...envelopeComplaints, ...checkSchema(environmentSchema, defaults, 'part').complaints.map(under('defaults'))];
  const environments = new Map<string, EnvironmentSpec>();
  for (const name of names) {
    const parts = partsOf(definition, name);
    const checked = checkEnvironment(parts);
    complaints.push(...checked.complaints);
    if (checked.output) {
      const spec = toEnvironmentSpec(checked.output, { service, environment: name, owner: definition['owner'] });
      complaints.push(...located(parts, checkPlaces(spec)));
      environments.set(name, spec);
    }
    if (complaints.length > MOST_PROBLEMS) break;
  }
  refuse(complaints);
  return { definition: { service, ...definition }, environments: Object.fromEntries(environments) };
}

function rootOf(value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  throw invalid([{ path: '', message: 'must be an object with the key environments' }]);
}

function refuseLarge(definition: JsonObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > LARGEST_BYTES) throw invalid([{ path: '', message: `has ${bytes} bytes as JSON; ${LARGEST_BYTES} is the most` }]);
}

function checkEnvelope(definition: JsonObject, service: string): Complaint[] {
  const { complaints } = checkSchema(envelope, definition, 'whole');
  const other = typeof definition['service'] === 'string' && definition['service'] !== service;
  const wrongService: Complaint[] = other ? [{ path: ['service'], message: `must be "${service}", the service it was sent to` }] : [];
  return [...complaints, ...wrongService, ...unknownKeys(definitionSchema, definition)];
}

function checkEnvironment(parts: EnvironmentParts): { output?: ResolvedEnvironment; complaints: readonly Complaint[] } {
  const { merged } = parts;
  const { output, complaints } = checkSchema(environmentSchema, merged, 'whole');
  const all = [...complaints, ...checkStrategies(merged), ...checkMetrics(merged), ...checkGates(merged), ...checkBackups(merged), ...checkProtect(merged), ...checkPlaceholders(merged)];
  return { complaints: located(parts, all), ...(output && all.length === 0 && { output }) };
}

function located(parts: EnvironmentParts, complaints: readonly Complaint[]): Complaint[] {
  return complaints.map((complaint) => ({ ...complaint, path: writtenAt(parts, complaint.path) }));
}

function under(key: string): (complaint: Complaint) => Complaint {
  return (complaint) => ({ ...complaint, path: [key, ...complaint.path] });
}

function refuse(complaints: readonly Complaint[]): void {
  if (complaints.length === 0) return;
  const problems = new Map(complaints.map((complaint): [string, Problem] => {
    const { path, code: _, ...rest } = complaint;
    return [JSON.stringify([path, rest.message]), { path: pointerOf(path), ...rest }];
  }));
  const shown = [...problems.values()].slice(0, MOST_PROBLEMS);
  const [first] = complaints;
  throw invalid(shown, first?.code !== undefined && complaints.every(({ code }) => code === first.code) ? first.code : 'DEFINITION_INVALID');
}

function invalid(problems: readonly Problem[], code: ErrorCode = 'DEFINITION_INVALID'): SlipwayError {
  const [first] = problems;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : '';
  return new SlipwayError(code, `${first?.path || '/'} ${first?.message ?? ''}${more}.`, { problems });
}
