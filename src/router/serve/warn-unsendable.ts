import { unsendableWords } from '../replies/unsendable-reply.ts';
import type { Route } from '../route/route.ts';

/** Says once a route why what its candidate gave cannot be sent: nobody else sees that legacy answers every call. */
export function warnUnsendable(route: Pick<Route, 'name' | 'warnOnce'>, reason: unknown): void {
  const words = unsendableWords(reason);
  if (words === undefined) return;
  const { name } = route;
  const what = `The candidate of route "${name}" gave a reply that cannot be sent, and so has failed.`;
  route.warnOnce('candidate', `${what} ${words}`, name);
}
