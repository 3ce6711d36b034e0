import { hasRole, type Actor } from '../actor.js';
import type { ErrorCode } from '../error-registry.js';
import type { GateSpec } from '../service/environment.js';
import type { Approval, OpenGate } from './status.js';

/** Gates that Slipway opens by itself (`no-data`, `breach`, `error`): any role, one person, 4 h, then abort. */
export const ASKING_GATE: GateSpec = { quorum: 1, notOwnChange: false, timeoutMs: 4 * 3_600_000, onTimeout: 'abort' };

/** Whose word it waits for, for people. */
export function approvalsWanted({ quorum, role }: GateSpec): string {
  return `${quorum} approval${quorum > 1 ? 's' : ''}${role ? ` by ${role}` : ''}`;
}

/** A point that waits for people. */
export function openGate(address: string, spec: GateSpec, nowMs: number, reason: string): OpenGate {
  return {
    address, reason, role: spec.role ?? null, quorum: spec.quorum, notOwnChange: spec.notOwnChange, approvals: [],
    until: new Date(nowMs + spec.timeoutMs).toISOString(), onTimeout: spec.onTimeout,
  };
}

/** Why this person's approval does not count here; undefined when it does. `proven` is false for a signal, whose sender nobody checked. */
export function refusalOf(gate: OpenGate, by: Actor, sender: { proven: boolean; requester: string }): { code: ErrorCode; text: string } | undefined {
  const needsIdentity = gate.role !== null || gate.quorum > 1 || gate.notOwnChange;
  if (!sender.proven && needsIdentity) return { code: 'ROLE_REQUIRED', text: `gate ${gate.address} asks who approves; a signal cannot say` };
  if (gate.role !== null && !hasRole(by, gate.role)) return { code: 'ROLE_REQUIRED', text: `gate ${gate.address} asks for the role ${gate.role}` };
  if (gate.notOwnChange && by.name === sender.requester) return { code: 'ROLE_REQUIRED', text: `gate ${gate.address} asks for somebody other than the requester` };
  if (gate.approvals.some((approval) => approval.by === by.name)) return { code: 'ALREADY_DECIDED', text: `${by.name} approved ${gate.address} before` };
  return undefined;
}

export function withApproval(gate: OpenGate, by: Actor, nowMs: number): OpenGate {
  const approval: Approval = { by: by.name, role: gate.role, at: new Date(nowMs).toISOString() };
  return { ...gate, approvals: [...gate.approvals, approval] };
}

export function isPassed(gate: OpenGate): boolean {
  return gate.approvals.length >= gate.quorum;
}
