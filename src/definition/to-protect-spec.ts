import type { CommandSpec, GateSpec, ProtectSpec } from '../domain/service/environment.js';
import { ms } from './checked.js';
import type { ResolvedEnvironment } from './definition-schema.js';
import { toNamedGate } from './to-source-declaration.js';

/** Placeholders stay: a command is filled in when a deployment runs it. */
export function toProtectSpec({ backup, migrate }: NonNullable<ResolvedEnvironment['protect']>, gates: Readonly<Record<string, GateSpec>>): ProtectSpec {
  const { expand, contract, revert } = migrate;
  return {
    backup,
    migrate: {
      ...(expand && { expand: toCommand(expand) }),
      ...(contract && { contract: { ...toCommand(contract), ...(contract.gate !== undefined && { gate: toNamedGate(contract.gate, gates) }) } }),
      ...(revert && { revert: toCommand(revert) }),
    },
  };
}

function toCommand({ command, timeout }: { readonly command: readonly string[]; readonly timeout: string }): CommandSpec {
  return { command, timeoutMs: ms(timeout) };
}
