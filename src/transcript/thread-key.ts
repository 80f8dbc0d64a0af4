import { shortKey } from '../core/text/short-key.ts';

/** A text that is the same for the same conversation of the same tenant only: `a` and `b/c` are not `a/b` and `c`. */
export function threadKey(tenant: string, conversation: string): string {
  return shortKey(`${tenant.length}:${tenant}${conversation}`);
}
