import { mapValues } from '../domain/map-values.js';
import type { TextOrSecret } from '../domain/service/environment.js';
import type { Settings } from './settings.js';

const HIDDEN = '[hidden]';

/** The settings as they may be logged: no secret in them, neither in a field of its own nor inside an address. */
export function describeSettings(settings: Settings): object {
  const { operator, ...process } = settings;
  const routers = Object.entries(operator.routers).map(([name, router]) =>
    [name, router.kind === 'embedded' ? { ...router, url: describeUrl(router.url), token: describeSecret(router.token) } : router]);
  const targets = Object.entries(operator.targets).map(([name, target]) => {
    if (target.kind === 'static') return [name, target];
    // Arguments may hold secrets; the program alone tells enough.
    if (target.kind === 'process') return [name, { ...target, command: describeCommand(target.command) }];
    const { launch, status, retire } = target;
    return [name, { ...target, launch: describeCommand(launch), status: describeCommand(status), retire: describeCommand(retire) }];
  });
  const prometheus = Object.entries(operator.prometheus).map(([name, { url, ...same }]) => [name, { ...same, url: describeUrl(url) }]);
  const repositories = Object.entries(operator.repositories).map(([name, repository]) =>
    [name, repository.kind === 'restic' ? { ...repository, env: mapValues(repository.env, describeSecret) } : repository]);
  return {
    ...process,
    databaseUrl: describeUrl(settings.databaseUrl),
    adminKey: settings.adminKey === undefined ? undefined : HIDDEN,
    temporalUiUrl: settings.temporalUiUrl === undefined ? undefined : describeUrl(settings.temporalUiUrl),
    operator: { ...operator, routers: Object.fromEntries(routers), targets: Object.fromEntries(targets), prometheus: Object.fromEntries(prometheus), repositories: Object.fromEntries(repositories) },
  };
}

function describeSecret(value: TextOrSecret): TextOrSecret | string {
  return 'secret' in value ? value : HIDDEN;
}

function describeCommand([program, ...rest]: readonly string[]): string {
  return rest.length === 0 ? String(program) : `${program} and ${rest.length} arguments`;
}

/** User, password and query may all carry secrets. */
function describeUrl(text: string): string {
  if (!URL.canParse(text)) return HIDDEN;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
