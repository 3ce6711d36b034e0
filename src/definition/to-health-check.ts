import type { HealthCheck } from '../domain/service/environment.js';
import { ms, unchecked } from './checked.js';
import type { ResolvedEnvironment } from './definition-schema.js';

type ResolvedCheck = ResolvedEnvironment['health'][string];

export function toHealthCheck(check: ResolvedCheck): HealthCheck {
  const { every, timeout, healthyAfter, unhealthyAfter, slow } = check;
  const { warning, critical } = slow ?? {};
  return {
    check: toCheckKind(check),
    everyMs: ms(every),
    timeoutMs: ms(timeout),
    healthyAfter,
    unhealthyAfter,
    ...(slow && { slow: { ...(warning !== undefined && { warningMs: ms(warning) }), ...(critical !== undefined && { criticalMs: ms(critical) }) } }),
  };
}

function toCheckKind({ http, tcp, command }: ResolvedCheck): HealthCheck['check'] {
  if (http) return { kind: 'http', ...http };
  if (command) return { kind: 'command', command };
  return tcp ? { kind: 'tcp' } : unchecked('a check without a kind');
}
