import { z } from 'zod';
import { command, duration, named, oneKind, text, wholeNumber } from './fields.js';

const http = z.strictObject({
  path: text('Path and query asked of the instance.').regex(/^\//, 'must begin with /'),
  expect: wholeNumber('The status that counts as well.', { min: 100, max: 599 }).default(200),
  headers: z.record(z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'must be a header name'), text('Value of the header.')).default({}).meta({ description: 'Headers sent along.' }),
});

const slow = z.strictObject({
  warning: duration('A slower answer is noted.').optional(),
  critical: duration('A slower answer counts as a failed one.').optional(),
});

const check = oneKind(['http', 'tcp', 'command'], {
  http: http.optional().meta({ description: 'Asks the instance by HTTP.' }),
  tcp: z.strictObject({}).optional().meta({ description: 'Opens a connection to the instance.' }),
  command: command('Runs a program; exit code 0 is well.').optional(),
  every: duration('Time between two checks of an instance.', { minMs: 100 }).default('1s'),
  timeout: duration('Time the instance has to answer.', { minMs: 10 }).default('500ms'),
  healthyAfter: wholeNumber('Good answers in a row that make an instance healthy.', { max: 100 }).default(2),
  unhealthyAfter: wholeNumber('Bad answers in a row that make an instance unhealthy.', { max: 100 }).default(3),
  slow: slow.optional().meta({ description: 'Limits for slow answers.' }),
}, 'One check; exactly one of `http`, `tcp`, `command`.');

export const healthSchema = named(check, 'Checks that tell whether an instance is well, by name.')
  .refine((checks) => Object.keys(checks).length > 0, 'must have at least one check')
  .prefault({ port: { tcp: {} } });

export const verifySchema = named(check, 'Checks that each instance of the candidate must pass once before it gets traffic, by name.').default({});
