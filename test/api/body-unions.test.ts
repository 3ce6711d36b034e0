import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { problemPaths, startTestApi, type TestAnswer, type TestApi } from './support.js';

/** What this test reads of the document's JSON Schemas. */
interface Schema {
  readonly $ref?: string; readonly anyOf?: readonly Schema[]; readonly oneOf?: readonly Schema[]; readonly const?: unknown; readonly enum?: readonly unknown[];
  readonly type?: string; readonly properties?: Readonly<Record<string, Schema>>; readonly items?: Schema; readonly required?: readonly string[]; readonly pattern?: string; readonly format?: string;
  readonly minimum?: number; readonly examples?: readonly unknown[];
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> } }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** A body of an operation in which one member of one union was chosen. */
interface Chosen { readonly method: string; readonly path: string; readonly body: Readonly<Record<string, unknown>> }

let api: TestApi;
let chosen: readonly Chosen[];
beforeAll(async () => {
  api = await startTestApi();
  const { body } = await api.call('GET', '/openapi.json');
  // The document is our own.
  chosen = bodiesOf(body as unknown as OpenApi);
});
afterAll(() => api.close());

const send = ({ method, path }: Chosen, body: unknown): Promise<TestAnswer> => api.call(method.toUpperCase(), `/api/v1${path}`, { body });

describe('every member of every union of every body', () => {
  it('is there to be tried: both ways to resolve, and both ways to name a backup', () => {
    const named = (path: string) => chosen.filter((each) => each.path.endsWith(path)).map(({ body }) => body);
    expect(named('/resolve')).toEqual(expect.arrayContaining([expect.objectContaining({ slot: 'blue' }), expect.objectContaining({ drop: expect.any(String) })]));
    expect(named('/restores')).toEqual(expect.arrayContaining([expect.objectContaining({ backup: 'latest' })]));
    expect(chosen.length).toBeGreaterThanOrEqual(4);
  });

  it('is taken', async () => {
    for (const each of chosen) {
      const answer = await send(each, each.body);
      expect([each.body, problemPaths(answer), answer.text]).toEqual([each.body, [], expect.not.stringContaining('INVALID_REQUEST')]);
    }
  });

  it('knows no key beside its own, and names the nearest', async () => {
    for (const each of chosen) {
      const answer = await send(each, { ...each.body, resaon: 'x' });
      expect([answer.body['code'], problemPaths(answer)]).toEqual(['INVALID_REQUEST', ['/resaon']]);
      expect(answer.text).toContain('did you mean \\"reason\\"?');
    }
  });
});

it('a body that is none of the members is told what it may be', async () => {
  for (const body of [{}, { slot: 'blue', drop: 'b' }]) {
    const { text, body: problem } = await api.call('POST', '/api/v1/deployments/01JD0000000000000000000000/resolve', { body });
    expect([problem['code'], text]).toEqual(['INVALID_REQUEST', expect.stringContaining('either `slot` or `drop`')]);
  }
});

function bodiesOf({ paths, components }: OpenApi): readonly Chosen[] {
  const known = (schema: Schema): Schema => (schema.$ref ? known(components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema);
  return Object.entries(paths).flatMap(([path, operations]) => Object.entries(operations).flatMap(([method, { requestBody }]): readonly Chosen[] => {
    const schema = requestBody?.content['application/json']?.schema;
    if (!schema) return [];
    const filled = path.replaceAll(/^\/api\/v1/g, '').replaceAll('{id}', '01JD0000000000000000000000').replaceAll(/\{\w+\}/g, 'x');
    return eachChoice(schema, known).map((body) => ({ method, path: filled, body: body as Chosen['body'] }));
  }));
}

/** Examples of the schema, one for each member of each union in it; none where it has no union. */
function eachChoice(schema: Schema, known: (schema: Schema) => Schema): readonly unknown[] {
  const found = known(schema);
  const members = found.anyOf ?? found.oneOf;
  if (members) return members.map((member) => exampleOf(member, known));
  return Object.entries(found.properties ?? {}).flatMap(([name, property]) => eachChoice(property, known).map((value) => ({ ...Object(exampleOf(found, known)), [name]: value })));
}

function exampleOf(schema: Schema, known: (schema: Schema) => Schema): unknown {
  const found = known(schema);
  if (found.examples?.[0] !== undefined) return found.examples[0];
  const [member] = found.anyOf ?? found.oneOf ?? [];
  if (member) return exampleOf(member, known);
  if (found.const !== undefined) return found.const;
  if (found.enum) return found.enum[0];
  if (found.properties) return Object.fromEntries(namesToFill(found).map((name) => [name, exampleOf(found.properties?.[name] ?? {}, known)]));
  if (found.items) return [exampleOf(found.items, known)];
  if (found.type === 'integer' || found.type === 'number') return Math.max(1, found.minimum ?? 1);
  if (found.type === 'boolean') return true;
  if (found.format === 'date-time') return '2026-11-23T03:30:00Z';
  return found.pattern === undefined ? 'x' : fc.sample(fc.stringMatching(new RegExp(found.pattern)), { numRuns: 1, seed: 1 })[0];
}

/** What must be there, and what says which source is meant: some bodies need that only where nothing else says it. */
function namesToFill({ required = [], properties = {} }: Schema): readonly string[] {
  return [...new Set([...required, ...['service', 'environment', 'source'].filter((name) => Object.hasOwn(properties, name))])];
}
