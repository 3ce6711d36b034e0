import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../domain/errors.js';
import type { AnswerDescription, Operation } from './operation.js';
import { RIGHTS } from './rights.js';
import { PROBLEM_TYPE } from './problem.js';

export const BASE_PATH = '/api/v1';

const problemSchema = z.object({
  type: z.string(), title: z.string(), status: z.number().int(), detail: z.string(), instance: z.string(),
  code: z.string().meta({ description: 'One of docs/errors.md; `/errors/{code}` describes it.' }),
  requestId: z.string(),
  fix: z.string().meta({ description: 'What to do.' }),
  retryable: z.boolean(),
  errors: z.array(z.object({ path: z.string().meta({ description: 'JSON pointer.' }), message: z.string(), hint: z.string().optional() })),
}).meta({ id: 'Problem', description: 'RFC 9457.' });

/** What any operation may answer. */
const ALWAYS: readonly ErrorCode[] = ['INVALID_REQUEST', 'UNAUTHENTICATED', 'INTERNAL'];

/** OpenAPI 3.1 of exactly the operations that are mounted. */
export function openApiDocument(operations: readonly Operation[], version: string): object {
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Slipway', version, description: 'Takes new versions of services live, and back by itself when they turn bad.' },
    servers: [{ url: BASE_PATH }],
    security: [{ key: [] }],
    tags: [...new Set(operations.map((each) => each.tag))].map((name) => ({ name })),
    paths: pathsOf(operations),
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'The admin key; `npm start` keeps it in `.slipway/admin-key`.' } } },
  });
}

function pathsOf(operations: readonly Operation[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const each of operations) paths[each.path] = { ...paths[each.path], [each.method]: describe(each) };
  return paths;
}

function describe(each: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, params, query, headers, body, bodyFormats, right } = each;
  const schema = body && { schema: body };
  const content = schema && { 'application/json': schema, ...(bodyFormats === 'json-or-yaml' && { 'application/yaml': schema }) };
  return {
    operationId: id, tags: [tag], summary, ...(description !== undefined && { description }),
    ...(right && { 'x-slipway-right': { name: right, ...RIGHTS[right] } }),
    requestParams: { path: params, query, header: headers },
    ...(content && { requestBody: { content, required: !(body.safeParse({}).success) } }),
    responses: { ...answersOf(each.answers), ...refusalsOf([...ALWAYS, ...each.refusals]) },
  };
}

function answersOf(answers: Operation['answers']): ZodOpenApiOperationObject['responses'] {
  const entries = Object.entries(answers).map(([status, { description, schema, stream }]: [string, AnswerDescription]) => {
    const content = { ...(schema && { 'application/json': { schema } }), ...(stream !== undefined && { [stream]: { schema: z.string() } }) };
    return [status, { description, ...(Object.keys(content).length > 0 && { content }) }];
  });
  // Made of the entries above.
  return Object.fromEntries(entries) as ZodOpenApiOperationObject['responses'];
}

function refusalsOf(codes: readonly ErrorCode[]): ZodOpenApiOperationObject['responses'] {
  const statuses = [...new Set(codes.map((code) => ERRORS[code].status))];
  const entries = statuses.map((status) => {
    const group = [...new Set(codes)].filter((code) => ERRORS[code].status === status);
    const description = group.map((code) => `\`${code}\`: ${ERRORS[code].title}.`).join(' ');
    return [String(status), { description, content: { [PROBLEM_TYPE]: { schema: problemSchema } } }];
  });
  return Object.fromEntries(entries) as ZodOpenApiOperationObject['responses'];
}
