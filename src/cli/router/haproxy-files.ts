import { SlipwayError, type Problem } from '../../domain/errors.js';
import { NAME_PATTERN } from '../../domain/names.js';
import { environmentSections, haproxyConfig, haproxyMap, type HaproxyConfigOptions } from '../../routers/haproxy/haproxy-config.js';
import { haproxyPersistUnit } from '../../routers/haproxy/persist-unit.js';
import { installScript } from './install-script.js';

/** The options of `slipway router config haproxy` as the terminal gives them. */
export interface HaproxyAnswers {
  readonly service: string;
  readonly environment: string;
  readonly backend?: string;
  readonly port: string;
  readonly address?: string;
  readonly places: string;
  readonly healthPath: string;
  readonly socket: string;
  readonly maps: string;
  readonly socketMode: string;
  readonly socketGroup: string;
  readonly stateFile: string;
  readonly unprivileged?: true;
  readonly timeoutConnect: string;
  readonly timeoutQueue: string;
  readonly timeoutClient: string;
  readonly timeoutServer: string;
  readonly timeoutTunnel: string;
  readonly only?: 'environment' | 'map';
  readonly persistUnit?: true;
  readonly also?: readonly string[];
}

/** @throws INVALID_REQUEST with every option that HAProxy would not take, or would take for something else. */
export function printedParts(answers: HaproxyAnswers): string {
  const options = optionsOf(answers);
  const { backend, socket, mapFolder, stateFile } = options;
  if (answers.persistUnit) {
    return installScript(haproxyPersistUnit({ backends: [backend, ...(answers.also ?? [])], socket, mapFolder, stateFile }), 'slipway-haproxy-save.service');
  }
  if (answers.only === 'map') return haproxyMap(backend);
  return answers.only === 'environment' ? environmentSections(options) : haproxyConfig(options);
}

const ENTRY = /^[A-Za-z][A-Za-z0-9_.-]{0,126}$/;
const FILE = /^\/[A-Za-z0-9._/-]+$/;
const SOCKET = /^(?:\/[A-Za-z0-9._/-]+|ipv[46]@[A-Za-z0-9.:[\]-]+:\d{1,5})$/;
const ADDRESS = /^[A-Za-z0-9.:[\]*-]*$/;
const MODE = /^0?[0-7]{3}$/;
const GROUP = /^[a-z_][a-z0-9_-]{0,31}$/;
const DURATION = /^[1-9]\d{0,8}(?:ms|s|m|h|d)$/;
const HEALTH_PATH = /^\/[A-Za-z0-9._~/?&=%-]*$/;

function optionsOf(answers: HaproxyAnswers): HaproxyConfigOptions {
  const { service, environment, address = '', healthPath, socket, socketMode, socketGroup, maps, stateFile, also = [] } = answers;
  const { timeoutConnect: connect, timeoutQueue: queue, timeoutClient: client, timeoutServer: server, timeoutTunnel: tunnel } = answers;
  const timeouts = { connect, queue, client, server, tunnel };
  const backend = answers.backend ?? `${service}-${environment}`;
  const problems = [
    matching('--service', service, NAME_PATTERN), matching('--environment', environment, NAME_PATTERN), matching('--backend', backend, ENTRY),
    ...also.map((name) => matching('--also', name, ENTRY)), matching('--address', address, ADDRESS), matching('--health-path', healthPath, HEALTH_PATH),
    matching('--socket', socket, SOCKET), matching('--socket-mode', socketMode, MODE), matching('--socket-group', socketGroup, GROUP), matching('--maps', maps, FILE), matching('--state-file', stateFile, FILE),
    ...Object.entries(timeouts).map(([name, duration]) => matching(`--timeout-${name}`, duration, DURATION)),
    ...(answers.persistUnit ? [matching('--socket', socket, FILE)] : []), within('--port', answers.port, 65_535), within('--places', answers.places, 1_000),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw invalid(problems);
  return {
    backend, frontendPort: Number(answers.port), frontendAddress: address, slotsPerSide: Number(answers.places), healthPath, mapFolder: maps, stateFile,
    socket, socketMode, ...(answers.unprivileged ? {} : { socketGroup }), startedBy: answers.unprivileged ? 'user' : 'root', timeouts,
  };
}

function matching(path: string, value: string, pattern: RegExp): Problem | undefined {
  return pattern.test(value) ? undefined : { path, message: `cannot be "${value}": it must match ${pattern.source}` };
}

function within(path: string, value: string, most: number): Problem | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= most ? undefined : { path, message: `cannot be "${value}": it must be a whole number from 1 to ${most}` };
}

function invalid(problems: readonly Problem[]): SlipwayError {
  return new SlipwayError('INVALID_REQUEST', problems.map(({ path, message }) => `${path} ${message}`).join('\n'), { problems });
}
