/** Who sends a command or a message. */
export interface Actor {
  readonly name: string;
  readonly roles: readonly string[];
}

/** Has every role. */
export const ADMIN_ROLE = 'admin';

export function hasRole(actor: Actor, role: string): boolean {
  return actor.roles.includes(role) || actor.roles.includes(ADMIN_ROLE);
}
