import { parseArgs } from 'node:util';
import { codeOf, messageOf, SlipwayError } from '../../domain/errors.js';
import { ERRORS } from '../../domain/error-registry.js';
import { startRouterProcess, type RouterProcessOptions } from './router-process.js';

const USAGE = 'SLIPWAY_ROUTER_TOKEN=… node main.js --admin-port PORT --state FILE --listen PORT=BACKEND[,PORT=BACKEND] [--host ADDRESS] [--health-path PATH]';
/** An entry is named `<service>-<environment>` unless its definition says otherwise. */
const BACKEND_PATTERN = /^[a-z][a-z0-9-]{0,126}$/;
const GRACE_MS = 10_000;

try {
  await run();
} catch (error) {
  const code = codeOf(error);
  process.stderr.write(`router: ${code}: ${messageOf(error)} ${ERRORS[code].fix}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
  const router = await startRouterProcess({ ...optionsOf(process.argv.slice(2), process.env), warn: (message) => void process.stderr.write(`router: ${message}\n`) });
  const ports = Object.entries(router.ports).map(([backend, port]) => `${backend}=${port}`);
  process.stdout.write(`router ready admin=${router.adminPort} ${ports.join(' ')}\n`);
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    router.stop(GRACE_MS).then(() => process.exit(0), (error: unknown) => {
      process.stderr.write(`router: ${messageOf(error)}\n`);
      process.exit(1);
    });
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function optionsOf(args: string[], env: NodeJS.ProcessEnv): RouterProcessOptions {
  const text = { type: 'string' } as const;
  const { values } = parsed(() => parseArgs({ args, options: { 'admin-port': text, state: text, listen: text, host: text, 'health-path': text } }));
  const token = env['SLIPWAY_ROUTER_TOKEN'] ?? '';
  if (token === '') throw invalid('SLIPWAY_ROUTER_TOKEN is not set.');
  if (values.state === undefined) throw invalid('--state is missing.');
  return {
    token,
    adminPort: portOf(values['admin-port'] ?? ''),
    stateFile: values.state,
    listen: (values.listen ?? '').split(',').map(listenOf),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values['health-path'] === undefined ? {} : { healthPath: values['health-path'] }),
  };
}

function listenOf(text: string): { port: number; backend: string } {
  const [port = '', backend = ''] = text.split('=');
  if (!BACKEND_PATTERN.test(backend)) throw invalid(`--listen takes PORT=BACKEND, not \`${text}\`.`);
  return { port: portOf(port), backend };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw invalid(`\`${text}\` is no port.`);
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw invalid(messageOf(error));
  }
}

function invalid(message: string): SlipwayError {
  return new SlipwayError('SETTINGS_INVALID', `${message} Usage: ${USAGE}`);
}
