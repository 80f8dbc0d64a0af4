/** Roles of a key. They nest: each may do what those before it may. */
export type Role = 'reader' | 'editor' | 'admin' | 'owner';

/** The roles from the weakest to the strongest. */
export const roles: readonly Role[] = Object.freeze(['reader', 'editor', 'admin', 'owner']);

/** Whether a role is at least another. */
export function reaches(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
