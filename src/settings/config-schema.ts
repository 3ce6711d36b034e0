import { z } from 'zod';
import { DRIFT_POLICIES } from '../domain/keeper/drift.js';
import { isInstanceAddress } from '../targets/instance-address.js';
import { PERSIST_POLICIES } from '../domain/router/persistence.js';
import { command, duration, name, named, oneKind, text, textOrSecret } from '../definition/fields.js';
import { repositoryKinds } from './repository-schema.js';

const services = z.array(name('A service.')).optional().meta({ description: 'The services that may use it; without, all.' });

const httpUrl = (description: string) => z.url({ protocol: /^https?$/, error: 'must be an address that begins with http:// or https://' }).meta({ description });

const HOST_PORT = String.raw`^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$`;

const address = (description: string) => z.string().refine(isHostPort, 'must be host:port').meta({ title: 'host:port', description, pattern: HOST_PORT });

/** Routers take servers by IP address: a name that resolves differently tomorrow must not move traffic. */
const instanceAddress = (description: string) => z.string().refine(isInstanceAddress, 'must be an IP address and a port such as 10.0.0.7:8080 or [::1]:8080').meta({ title: 'ip:port', description, pattern: HOST_PORT });

const files = {
  maps: text('Folder of the map files as HAProxy sees it. Default: the folder that the running HAProxy names.').optional(),
  stateFile: text('The server state file that is rewritten after each change, where the socket is local.').optional(),
};

const instance = oneKind(['socket', 'tcp'], {
  socket: text('Path of the admin socket on the hosts of the workers.').optional(),
  tcp: address('Address of the admin socket.').optional(),
  ...files,
}, 'One running HAProxy; exactly one of `socket`, `tcp`.');

const haproxy = z.strictObject({
  instances: named(instance, 'The running HAProxies that share the traffic, by name.').refine((all) => Object.keys(all).length > 0, 'must have at least one instance'),
  maintenance: z.array(name('An instance.')).default([]).meta({
    description: 'Instances that are left out of everything: not asked, not shifted, not waited for. They must get no traffic meanwhile.',
  }),
  ...files,
  percentiles: z.boolean().default(false).describe('Whether each of them runs the printed backends with their stick tables, which give latencies per slot.'),
}).superRefine(({ instances, maintenance }, context) => {
  const strange = maintenance.filter((one) => !Object.hasOwn(instances, one));
  for (const one of strange) context.addIssue({ code: 'custom', path: ['maintenance', maintenance.indexOf(one)], message: `must be one of the instances: ${Object.keys(instances).join(', ')}` });
  const left = Object.keys(instances).filter((one) => !maintenance.includes(one));
  if (left.length === 0 && maintenance.length > 0) context.addIssue({ code: 'custom', path: ['maintenance'], message: 'must leave at least one instance that takes the traffic' });
}).optional().meta({ description: 'HAProxy in map mode.' });

const embedded = z.strictObject({
  url: httpUrl('Address of its admin interface.'),
  token: textOrSecret('What it asks for.'),
}).optional().meta({ description: 'The router that comes with Slipway, for development.' });

const onDrift = z.enum(DRIFT_POLICIES).default('restore')
  .meta({ description: 'What the keeper does where an instance lost its entry or servers while no deployment is live: put them back as recorded, or only say so.' });

const persist = z.enum(PERSIST_POLICIES, `must be one of ${PERSIST_POLICIES.join(', ')}`).default('told').meta({
  description: 'What a deployment makes of a router whose files cannot be written, so that a restart would lose what it holds: `required` refuses to begin, `told` says so and goes on.',
});

const routerConfig = oneKind(['haproxy', 'embedded'], { haproxy, embedded, persist, services, onDrift }, 'A router; exactly one of `haproxy`, `embedded`.');

const program = z.strictObject({
  launch: command('Starts the instances of a release; it must not wait for them.'),
  status: command('Prints the instances as JSON.'),
  retire: command('Stops the instances of a slot.'),
  timeout: duration('Time each of them may take.', { minMs: 100 }).default('5m'),
}).optional().meta({ description: 'Programs of yours that start and stop instances.' });

const PORTS = /^(\d{1,5})-(\d{1,5})$/;

const process = z.strictObject({
  command: command('The program that is one instance; it listens on `PORT`.'),
  ports: z.string().refine((range) => portsOf(range) !== undefined, 'must be a range of ports such as 9100-9199').meta({ title: 'port range', description: 'Ports that instances get.' }),
  folder: text('Where its records and logs are kept.').default('.slipway/instances'),
}).optional().meta({ description: 'Processes on the host of the worker, for development; needs `singleHost`.' });

const fixed = z.strictObject({
  slots: z.strictObject({
    blue: z.array(instanceAddress('An instance.')).min(1, 'must name at least one address').meta({ description: 'Instances of slot blue.' }),
    green: z.array(instanceAddress('An instance.')).min(1, 'must name at least one address').meta({ description: 'Instances of slot green.' }),
  }).meta({ description: 'Addresses by slot.' }),
}).optional().meta({ description: 'Instances that somebody else starts and stops.' });

const targetConfig = oneKind(['command', 'process', 'static'], {
  command: program, process, static: fixed, services,
  allowInProduction: z.boolean('must be true or false').default(false).meta({ description: 'Lets environments named `production` use a `process` target.' }),
}, 'A target; exactly one of `command`, `process`, `static`.');

const repositoryConfig = oneKind(['restic', 'archive'], {
  ...repositoryKinds,
  services,
  prune: z.strictObject({ every: duration('Time between two prunes.', { minMs: 60_000 }).default('1d') }).prefault({}).meta({ description: 'Gives the bytes back that no backup needs.' }),
}, 'A place for backups; exactly one of `restic`, `archive`.');

/** `slipway.config.yaml`. */
export const configSchema = z.strictObject({
  routers: named(routerConfig, 'The routers there are, by name.').default({}),
  targets: named(targetConfig, 'The targets there are, by name.').default({}),
  prometheus: named(z.strictObject({
    url: httpUrl('Its address.'),
    allowPartial: z.boolean('must be true or false').default(false).meta({ description: 'An answer with warnings, such as one that lacks a part of the data, is taken for what it says, with a note. Otherwise it is no answer.' }),
  }), 'The Prometheus servers that metrics may ask, by name; `default` where a metric names none.').default({}),
  repositories: named(repositoryConfig, 'The places that backups go to, by name.').default({}),
  singleHost: z.boolean('must be true or false').default(false).meta({ description: 'All workers of the site run on one host, so what is bound to one host may be used.' }),
});

export type OperatorConfig = z.output<typeof configSchema>;

/** @example portsOf('9100-9199') // { first: 9100, last: 9199 } */
export function portsOf(range: string): { first: number; last: number } | undefined {
  const match = PORTS.exec(range);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  return match && first > 0 && first <= last && last <= 65_535 ? { first, last } : undefined;
}

function isHostPort(text: string): boolean {
  const port = Number(new RegExp(HOST_PORT).exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
}
